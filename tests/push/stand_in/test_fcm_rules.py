"""What Google's desk refuses, one flaw at a time."""

from typing import Any

import pytest

from push.stand_in.strict.fcm import violation

TOKEN = "fcm-token-of-a-phone:APA91b"


def _field(message: Any) -> str | None:
    found = violation({"message": message})
    return None if found is None else found.field


@pytest.mark.parametrize(
    "message",
    [
        {"token": TOKEN},
        {"token": TOKEN, "data": {"a": "1", "collapse_key": "x"}},
        {"token": TOKEN, "android": {"ttl": "3600s", "priority": "high", "collapse_key": "x"}},
        {"token": TOKEN, "android": {"ttl": "2419200s"}},
        {"token": TOKEN, "android": {"notification": {"title": "A", "body_loc_args": ["1"]}}},
        {"token": TOKEN, "apns": {"headers": {"apns-priority": "5"}, "payload": {"aps": {}}}},
        {"token": TOKEN, "data": {"a": "x" * 4095}},
    ],
)
def test_message_without_a_flaw_is_taken(message: Any) -> None:
    assert _field(message) is None


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({}, "message"),
        ({"token": "short"}, "message.token"),
        ({"token": "white space in a token"}, "message.token"),
        ({"token": 1}, "message.token"),
        ({"token": TOKEN, "unknown": 1}, "message.unknown"),
        ({"token": TOKEN, "data": {"a": 1}}, "message.data"),
        ({"token": TOKEN, "data": {"a": None}}, "message.data"),
        ({"token": TOKEN, "data": {"from": "x"}}, "message.data"),
        ({"token": TOKEN, "data": {"google.x": "x"}}, "message.data"),
        ({"token": TOKEN, "data": {"gcm": "x"}}, "message.data"),
        ({"token": TOKEN, "data": []}, "message.data"),
        ({"token": TOKEN, "android": []}, "message.android"),
        ({"token": TOKEN, "android": {"ttl": "3600"}}, "message.android.ttl"),
        ({"token": TOKEN, "android": {"ttl": 3600}}, "message.android.ttl"),
        ({"token": TOKEN, "android": {"ttl": "-1s"}}, "message.android.ttl"),
        ({"token": TOKEN, "android": {"ttl": "2419201s"}}, "message.android.ttl"),
        ({"token": TOKEN, "android": {"priority": "HIGHEST"}}, "message.android.priority"),
        ({"token": TOKEN, "android": {"collapse_key": 1}}, "message.android.collapse_key"),
        ({"token": TOKEN, "android": {"notification": {"x": "y"}}}, "message.android.notification"),
        (
            {"token": TOKEN, "android": {"notification": {"notification_priority": "high"}}},
            "message.android.notification",
        ),
        (
            {"token": TOKEN, "android": {"notification": {"title_loc_args": "x"}}},
            "message.android.notification",
        ),
        ({"token": TOKEN, "apns": {"headers": {"apns-priority": 5}}}, "message.apns"),
        ({"token": TOKEN, "apns": {"payload": {}}}, "message.apns"),
        ({"token": TOKEN, "data": {"a": "x" * 4096}}, "message"),
        (
            {
                "token": TOKEN,
                "data": {"a": "x" * 2048},
                "android": {"notification": {"title": "x" * 2048}},
            },
            "message",
        ),
    ],
)
def test_flaw_is_named(message: Any, field: str) -> None:
    assert _field(message) == field


@pytest.mark.parametrize("request_", [None, [], "x", {}, {"message": None}, {"messages": {}}])
def test_request_needs_a_message(request_: Any) -> None:
    assert violation(request_) is not None


def test_request_may_only_be_looked_at() -> None:
    assert violation({"message": {"token": TOKEN}, "validate_only": True}) is None
    assert violation({"message": {"token": TOKEN}, "validate_only": "yes"}) is not None
