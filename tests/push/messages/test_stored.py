"""Messages as JSON of 4.1: read, checked, and written so that nothing changes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from push.messages.limits import InvalidMessage, is_over, time_left
from push.messages.stored import from_json, to_json
from push.messages.values import Priority, PushMessage, Text
from tests.push.messages.strategies import MESSAGES


@given(MESSAGES)
def test_message_survives_the_row(message: PushMessage) -> None:
    assert from_json(json.loads(json.dumps(to_json(message)))) == message


def test_message_of_the_contract_is_read() -> None:
    message = from_json(
        {
            "userId": "123",
            "activationId": None,
            "priority": "NORMAL",
            "attributes": {"personal": True, "silent": False},
            "body": {
                "title": "Balance",
                "titleLocKey": "balance.title",
                "titleLocArgs": ["1", "2"],
                "body": None,
                "badge": 0,
                "sound": "default",
                "collapseKey": "balance",
                "validUntil": "2017-12-11T21:22:29.923Z",
                "extras": {"_comment": {"any": ["JSON", None]}},
            },
        }
    )
    assert message == PushMessage(
        title=Text(text="Balance", loc_key="balance.title", loc_args=("1", "2")),
        badge=0,
        sound="default",
        collapse_key="balance",
        valid_until=datetime(2017, 12, 11, 21, 22, 29, 923_000, tzinfo=UTC),
        extras={"_comment": {"any": ["JSON", None]}},
        priority=Priority.NORMAL,
        personal=True,
    )


def test_what_is_left_out_has_its_default() -> None:
    assert from_json({"body": {}}) == PushMessage()
    assert PushMessage().priority == Priority.HIGH
    assert to_json(PushMessage())["body"] == {}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"extras": ["a"]}, "extras must be an object."),
        ({"extras": {"aps": {}}}, "extras must not have a member 'aps', which is Apple's."),
        ({"extras": {"a": float("nan")}}, "extras must be JSON."),
        ({"extras": {"a": "\ud800"}}, "extras must be JSON."),
        ({"badge": -1}, "badge must be a number from 0 to 2147483647."),
        ({"badge": 2**31}, "badge must be a number from 0 to 2147483647."),
        ({"badge": True}, "badge must be a number."),
        ({"badge": "1"}, "badge must be a number."),
        ({"title": 1}, "title must be text."),
        ({"title": "\udfff"}, "title must be text."),
        ({"bodyLocArgs": ["a", "\ud800"]}, "body must be text."),
        ({"titleLocArgs": "a"}, "titleLocArgs must be a list of texts."),
        ({"bodyLocArgs": [1]}, "bodyLocArgs must be a list of texts."),
        ({"collapseKey": ""}, "collapseKey must be text without control characters."),
        ({"collapseKey": "a\r\nb"}, "collapseKey must be text without control characters."),
        ({"collapseKey": "č" * 33}, "collapseKey must have at most 64 bytes."),
        ({"validUntil": "tomorrow"}, "validUntil must be an instant, as 2017-12-11T21:22:29.923Z."),
        ({"validUntil": "2017-12-11T21:22:29"}, "validUntil must name its time zone."),
        ({"validUntil": 5}, "validUntil must be text."),
    ],
)
def test_what_no_provider_takes_is_refused(body: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        from_json({"body": body})
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (None, "Push message payload (body) must not be null."),
        ({"body": None}, "Push message payload (body) must not be null."),
        ([], "message must be an object."),
        ({"body": []}, "body must be an object."),
        ({"body": {}, "priority": "LOW"}, "priority must be HIGH or NORMAL."),
        ({"body": {}, "priority": []}, "priority must be HIGH or NORMAL."),
        ({"body": {}, "attributes": {"silent": "yes"}}, "silent must be true or false."),
    ],
)
def test_shape_of_a_message_is_checked(message: object, text: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        from_json(message)
    assert str(caught.value) == text


def test_longest_collapse_key_is_taken() -> None:
    assert from_json({"body": {"collapseKey": "č" * 32}}).collapse_key == "č" * 32


def test_message_is_over_at_its_last_moment() -> None:
    until = datetime(2026, 1, 1, tzinfo=UTC)
    message = PushMessage(valid_until=until)
    assert is_over(message, at=until)
    assert not is_over(message, at=until - timedelta(seconds=1))
    assert time_left(message, at=until - timedelta(seconds=1)) == timedelta(seconds=1)
    assert not is_over(PushMessage(), at=until)
    assert time_left(PushMessage(), at=until) is None
