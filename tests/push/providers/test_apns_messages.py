"""Each row of 5.1, as it arrives at Apple's host."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from push.messages.values import Priority, PushMessage, Text
from push.providers.values import Outcome
from push.stand_in.server import StandIn
from push.stand_in.values import Received
from tests.push.providers.sending import APNS_TOKEN, now, send


def _arrived(stand_in: StandIn, message: PushMessage, *, token: str = APNS_TOKEN) -> Received:
    result = send(stand_in.accounts.apns, stand_in.settings(), token, message)
    assert result.outcome is Outcome.SENT, result
    (received,) = stand_in.desks.mailbox.look()
    return received


@pytest.mark.parametrize(
    ("message", "payload"),
    [
        (
            PushMessage(title=Text(text="A", loc_key="a.key", loc_args=("1", "2"))),
            {"alert": {"title": "A", "title-loc-key": "a.key", "title-loc-args": ["1", "2"]}},
        ),
        (
            PushMessage(body=Text(text="B", loc_key="b.key", loc_args=("ž",))),
            {"alert": {"body": "B", "loc-key": "b.key", "loc-args": ["ž"]}},
        ),
        (PushMessage(badge=3), {"badge": 3}),
        (PushMessage(badge=0), {"badge": 0}),
        (PushMessage(sound="default"), {"sound": "default"}),
        (PushMessage(category="payment"), {"category": "payment"}),
        (PushMessage(collapse_key="balance"), {"thread-id": "balance"}),
        (
            PushMessage(
                title=Text(text="A"),
                body=Text(loc_key="b"),
                sound="default",
                category="payment",
                badge=0,
                silent=True,
            ),
            {"content-available": 1, "badge": 0},
        ),
        (PushMessage(icon="ic_1"), {}),
    ],
)
def test_what_the_phone_reads(
    stand_in: StandIn, message: PushMessage, payload: dict[str, Any]
) -> None:
    assert _arrived(stand_in, message).payload == {"aps": payload}


def test_extras_stand_beside_without_nulls(stand_in: StandIn) -> None:
    extras = {"messageType": "mtoken.operationInit", "n": 1, "o": {"a": None}, "gone": None}
    assert _arrived(stand_in, PushMessage(extras=extras)).payload == {
        "aps": {},
        "messageType": "mtoken.operationInit",
        "n": 1,
        "o": {"a": None},
    }


@pytest.mark.parametrize(
    ("message", "push_type", "priority"),
    [
        (PushMessage(), "alert", "10"),
        (PushMessage(priority=Priority.NORMAL), "alert", "5"),
        (PushMessage(silent=True), "background", "5"),
        (PushMessage(silent=True, priority=Priority.NORMAL), "background", "5"),
    ],
)
def test_how_it_is_delivered(
    stand_in: StandIn, message: PushMessage, push_type: str, priority: str
) -> None:
    assert _arrived(stand_in, message).headers == {
        "apns-topic": stand_in.accounts.apns.bundle_id,
        "apns-push-type": push_type,
        "apns-priority": priority,
    }


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=60)])
def test_validity_and_collapse_key_are_headers(stand_in: StandIn, ahead: timedelta) -> None:
    until = (now() + ahead).replace(microsecond=900_000)
    key = "č" * 32
    headers = _arrived(stand_in, PushMessage(valid_until=until, collapse_key=key)).headers
    assert headers["apns-expiration"] == str(int(until.timestamp()))
    assert headers["apns-collapse-id"] == key


def test_token_of_an_old_app_is_stripped(stand_in: StandIn) -> None:
    spaced = "<" + " ".join(["ABab1234"] * 8) + ">"
    assert _arrived(stand_in, PushMessage(), token=spaced).token == "ABab1234" * 8


def test_token_without_any_digit_is_dead(stand_in: StandIn) -> None:
    result = send(stand_in.accounts.apns, stand_in.settings(), "<>")
    assert (result.outcome, result.reason) == (Outcome.FAILED, "BadDeviceToken")
    assert result.token_is_dead and not result.is_doubtful


@pytest.mark.parametrize("development", [False, True])
def test_device_is_reached_through_its_own_host(stand_in: StandIn, development: bool) -> None:
    send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN, development=development)
    assert [each.development for each in stand_in.desks.mailbox.look()] == [development]


def test_payload_may_have_4096_bytes(stand_in: StandIn) -> None:
    room = 4096 - len('{"a":"","aps":{}}')
    longest = PushMessage(extras={"a": "č" * (room // 2) + "x" * (room % 2)})
    assert _arrived(stand_in, longest).payload["aps"] == {}
    longer = PushMessage(extras={"a": "č" * (room // 2) + "x" * (room % 2 + 1)})
    result = send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN, longer)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "MessageTooLong")
    assert len(stand_in.desks.mailbox.look()) == 1


def test_nothing_is_sent_too_late(stand_in: StandIn) -> None:
    late = PushMessage(valid_until=datetime(2020, 1, 1, tzinfo=UTC))
    result = send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN, late)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "Expired")
    assert stand_in.desks.mailbox.look() == []
