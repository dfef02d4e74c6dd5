"""Each fact of 5.3, as it arrives at Huawei."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from push.messages.values import Priority, PushMessage, Text
from push.providers.hms import body
from push.providers.values import Outcome
from push.stand_in.server import StandIn
from tests.push.providers.sending import HMS_TOKEN, MESSAGE, send

AT = datetime(2026, 1, 1, tzinfo=UTC)


def _arrived(stand_in: StandIn, message: PushMessage) -> Any:
    result = send(stand_in.accounts.hms, stand_in.settings(), HMS_TOKEN, message)
    assert result.outcome is Outcome.SENT, result
    (received,) = stand_in.desks.mailbox.look()
    assert received.payload["token"] == [HMS_TOKEN]
    return received.payload


def test_everything_has_its_place(stand_in: StandIn) -> None:
    message = PushMessage(
        title=Text(text="A", loc_key="a.key", loc_args=("1",)),
        body=Text(text="B", loc_key="b.key", loc_args=("2",)),
        icon="/raw/ic_1",
        sound="default",
        category="payment",
        collapse_key="7",
    )
    assert _arrived(stand_in, message)["android"] == {
        "collapse_key": 7,
        "notification": {
            "title": "A",
            "title_loc_key": "a.key",
            "title_loc_args": ["1"],
            "body": "B",
            "body_loc_key": "b.key",
            "body_loc_args": ["2"],
            "icon": "/raw/ic_1",
            "sound": "default",
            "tag": "payment",
            "importance": "HIGH",
            "click_action": {"type": 3},
        },
    }


def test_extras_are_one_text_without_nulls(stand_in: StandIn) -> None:
    message = PushMessage(
        title=Text(text="A"), body=Text(text="B"), extras={"o": {"ž": 1}, "gone": None}
    )
    assert json.loads(_arrived(stand_in, message)["data"]) == {"o": {"ž": 1}}


def test_silent_message_shows_nothing(stand_in: StandIn) -> None:
    payload = _arrived(stand_in, PushMessage(title=Text(text="A"), silent=True))
    assert payload == {"data": "{}", "android": {}, "token": [HMS_TOKEN]}


def test_message_of_normal_priority(stand_in: StandIn) -> None:
    message = PushMessage(title=Text(text="A"), body=Text(text="B"), priority=Priority.NORMAL)
    assert _arrived(stand_in, message)["android"]["notification"]["importance"] == "NORMAL"


@pytest.mark.parametrize("key", ["balance", "1.5", "101", "-2", "x7"])
def test_collapse_key_that_is_no_number_of_huawei_is_dropped(stand_in: StandIn, key: str) -> None:
    message = PushMessage(title=Text(text="A"), body=Text(text="B"), collapse_key=key)
    assert "collapse_key" not in _arrived(stand_in, message)["android"]


@pytest.mark.parametrize(
    ("left", "ttl"),
    [
        (timedelta(hours=1), "3600"),
        (timedelta(milliseconds=1), "1"),
        (timedelta(days=28), str(15 * 86_400)),
    ],
)
def test_time_to_live_is_what_is_left(left: timedelta, ttl: str) -> None:
    request = body.body(PushMessage(valid_until=AT + left), "t", at=AT)
    assert request["message"]["android"]["ttl"] == ttl


def test_huawei_takes_the_longest_time_to_live(stand_in: StandIn) -> None:
    far = datetime.now(UTC) + timedelta(days=99)
    message = PushMessage(title=Text(text="A"), body=Text(text="B"), valid_until=far)
    assert _arrived(stand_in, message)["android"]["ttl"] == "1296000"


def test_message_may_have_4096_bytes(stand_in: StandIn) -> None:
    def message(length: int) -> PushMessage:
        return PushMessage(title=MESSAGE.title, body=MESSAGE.body, extras={"a": "x" * length})

    room = 4096 - body.size(message(0), at=AT)
    assert _arrived(stand_in, message(room))
    result = send(stand_in.accounts.hms, stand_in.settings(), HMS_TOKEN, message(room + 1))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "MessageTooLong")


def test_nothing_is_sent_too_late(stand_in: StandIn) -> None:
    late = PushMessage(valid_until=datetime(2020, 1, 1, tzinfo=UTC))
    result = send(stand_in.accounts.hms, stand_in.settings(), HMS_TOKEN, late)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "Expired")
    assert stand_in.desks.https.tokens_issued == 0
