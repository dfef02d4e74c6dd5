"""Each fact of 5.2, as it arrives at Google."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from push.messages.values import Priority, PushMessage, Text
from push.providers.fcm import body
from push.providers.values import Outcome, Result
from push.stand_in.server import StandIn
from tests.push.providers.sending import FCM_TOKEN, now, send, with_data_only

FULL = PushMessage(
    title=Text(text="A", loc_key="a.key", loc_args=("1",)),
    body=Text(text="B", loc_key="b.key", loc_args=("2", "3")),
    badge=0,
    icon="ic_1",
    sound="default",
    category="payment",
    collapse_key="balance",
)
SHOWN = {
    "title": "A",
    "title_loc_key": "a.key",
    "title_loc_args": ["1"],
    "body": "B",
    "body_loc_key": "b.key",
    "body_loc_args": ["2", "3"],
    "icon": "ic_1",
    "sound": "default",
    "tag": "payment",
    "notification_priority": "PRIORITY_HIGH",
}


def _send(stand_in: StandIn, message: PushMessage, *, data_only: bool = False) -> Result:
    settings = with_data_only(stand_in.settings(), data_only)
    return send(stand_in.accounts.fcm, settings, FCM_TOKEN, message)


def _arrived(stand_in: StandIn, message: PushMessage, *, data_only: bool = False) -> Any:
    result = _send(stand_in, message, data_only=data_only)
    assert result.outcome is Outcome.SENT, result
    (received,) = stand_in.desks.mailbox.look()
    assert received.payload["token"] == FCM_TOKEN
    return received.payload


def test_everything_has_its_place(stand_in: StandIn) -> None:
    payload = _arrived(stand_in, FULL)
    assert payload["android"] == {
        "collapse_key": "balance",
        "priority": "high",
        "notification": SHOWN,
    }
    assert "data" not in payload


def test_apps_of_ios_with_tokens_of_google_get_the_same(stand_in: StandIn) -> None:
    assert _arrived(stand_in, FULL)["apns"] == {
        "headers": {
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-collapse-id": "balance",
        },
        "payload": {
            "aps": {
                "alert": {
                    "title": "A",
                    "title-loc-key": "a.key",
                    "title-loc-args": ["1"],
                    "body": "B",
                    "loc-key": "b.key",
                    "loc-args": ["2", "3"],
                },
                "sound": "default",
                "category": "payment",
                "badge": 0,
                "thread-id": "balance",
            }
        },
    }


def test_silent_message_shows_nothing(stand_in: StandIn) -> None:
    silent = PushMessage(title=Text(text="A"), sound="default", badge=0, silent=True)
    payload = _arrived(stand_in, silent)
    assert payload["android"] == {"priority": "high"}
    assert payload["apns"] == {
        "headers": {"apns-push-type": "background", "apns-priority": "5"},
        "payload": {"aps": {"content-available": 1, "badge": 0}},
    }


def test_message_of_normal_priority_wakes_nobody_up(stand_in: StandIn) -> None:
    payload = _arrived(stand_in, PushMessage(priority=Priority.NORMAL, title=Text(text="A")))
    assert payload["android"]["priority"] == "normal"
    assert payload["android"]["notification"]["notification_priority"] == "PRIORITY_DEFAULT"


def test_extras_are_texts_without_nulls(stand_in: StandIn) -> None:
    extras = {"t": "x", "n": 1, "f": 1.5, "b": True, "o": {"ž": [1, None]}, "gone": None}
    assert _arrived(stand_in, PushMessage(extras=extras))["data"] == {
        "t": "x",
        "n": "1",
        "f": "1.5",
        "b": "true",
        "o": '{"ž":[1,null]}',
    }


def test_apps_may_build_the_notification_themselves(stand_in: StandIn) -> None:
    message = PushMessage(title=Text(text="A"), extras={"n": 1})
    payload = _arrived(stand_in, message, data_only=True)
    assert "notification" not in payload["android"]
    assert payload["data"]["n"] == "1"
    assert json.loads(payload["data"]["_notification"]) == {
        "title": "A",
        "notification_priority": "PRIORITY_HIGH",
    }


def test_silent_message_shows_nothing_to_such_apps_either(stand_in: StandIn) -> None:
    message = PushMessage(title=Text(text="A"), extras={"n": 1}, silent=True)
    assert _arrived(stand_in, message, data_only=True)["data"] == {"n": "1"}


@pytest.mark.parametrize(
    ("left", "ttl"),
    [
        (timedelta(hours=1), "3600s"),
        (timedelta(milliseconds=1), "1s"),
        (timedelta(days=28) - timedelta(seconds=1), "2419199s"),
        (timedelta(days=28), None),
        (timedelta(days=99), None),
    ],
)
def test_time_to_live_is_what_is_left(left: timedelta, ttl: str | None) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    request = body.body(PushMessage(valid_until=at + left), "t", at=at, data_only=False)
    assert request["message"]["android"].get("ttl") == ttl


def test_google_takes_the_time_to_live(stand_in: StandIn) -> None:
    until = now() + timedelta(hours=1)
    payload = _arrived(stand_in, PushMessage(valid_until=until))
    assert payload["android"]["ttl"] in ("3600s", "3599s", "3598s")
    assert payload["apns"]["headers"]["apns-expiration"] == str(int(until.timestamp()))


@pytest.mark.parametrize("data_only", [False, True])
def test_message_may_have_4000_bytes(stand_in: StandIn, data_only: bool) -> None:
    empty = PushMessage(title=Text(text="A"), extras={"a": ""})
    room = 4000 - body.size(empty, data_only=data_only)
    longest = PushMessage(title=Text(text="A"), extras={"a": "x" * room})
    assert _send(stand_in, longest, data_only=data_only).outcome is Outcome.SENT
    longer = PushMessage(title=Text(text="A"), extras={"a": "x" * (room + 1)})
    result = _send(stand_in, longer, data_only=data_only)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "MessageTooLong")
    assert len(stand_in.desks.mailbox.look()) == 1


def test_nothing_is_sent_too_late(stand_in: StandIn) -> None:
    result = _send(stand_in, PushMessage(valid_until=datetime(2020, 1, 1, tzinfo=UTC)))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "Expired")
    assert stand_in.desks.https.tokens_issued == 0
