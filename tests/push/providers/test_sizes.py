"""Messages that are too long for some, before anybody is asked."""

from datetime import UTC, datetime

import pytest

from push.messages.values import PushMessage, Text
from push.providers.sizes import too_long_for

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "names"),
    [
        (PushMessage(), ()),
        (PushMessage(extras={"a": "x" * 3990}, silent=True), ()),
        (PushMessage(extras={"a": "x" * 4000}, silent=True), ("fcm",)),
        (PushMessage(extras={"a": "x" * 4090}), ("apns", "fcm", "hms")),
        (PushMessage(title=Text(text="č" * 1900)), ()),
        (PushMessage(title=Text(text="č" * 2100)), ("apns", "fcm", "hms")),
        (PushMessage(title=Text(text="č" * 2100), silent=True), ()),
    ],
)
def test_who_would_not_take_it(message: PushMessage, names: tuple[str, ...]) -> None:
    for data_only in (False, True):
        assert too_long_for(message, at=AT, fcm_data_only=data_only) == names
