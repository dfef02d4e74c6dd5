"""Messages of every kind that our own checks let through."""

from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

from push.messages.values import Priority, PushMessage, Text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE_TEXTS = st.none() | TEXTS
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
SOME = st.builds(
    Text, text=MAYBE_TEXTS, loc_key=MAYBE_TEXTS, loc_args=st.lists(TEXTS, max_size=3).map(tuple)
)
MESSAGES = st.builds(
    PushMessage,
    title=SOME,
    body=SOME,
    badge=st.none() | st.integers(0, 2**31 - 1),
    sound=MAYBE_TEXTS,
    icon=MAYBE_TEXTS,
    category=MAYBE_TEXTS,
    collapse_key=st.none()
    | st.text("abc-Ř ", min_size=1, max_size=32).map(lambda key: f"k{key}k"[:32].strip()),
    valid_until=st.none()
    | st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=2)))),
    extras=st.dictionaries(TEXTS.filter(lambda name: name != "aps"), VALUES, max_size=4),
    priority=st.sampled_from(Priority),
    personal=st.booleans(),
    silent=st.booleans(),
)
