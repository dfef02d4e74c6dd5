"""What Huawei's desk refuses, one flaw at a time."""

from typing import Any

import pytest

from push.stand_in.strict.hms import refusal

TOKEN = "hms-token-of-a-phone-0001"
SHOWN = {"title": "A", "body": "B", "importance": "HIGH", "click_action": {"type": 3}}


@pytest.mark.parametrize(
    "message",
    [
        {"data": "{}"},
        {"android": {"notification": SHOWN}},
        {"android": {"notification": {**SHOWN, "title_loc_args": ["1"]}, "ttl": "86400s"}},
        {"data": "x", "android": {"collapse_key": -1, "ttl": "1296000"}},
        {"data": "x" * (4096 - len('{"data":""}'))},
    ],
)
def test_message_without_a_flaw_is_taken(message: Any) -> None:
    assert refusal({"message": {"token": [TOKEN], **message}}) is None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({}, "80100003"),
        ({"android": {}}, "80100003"),
        ({"data": {"a": 1}}, "80100001"),
        ({"data": "x", "unknown": 1}, "80100001"),
        ({"data": "x", "token": TOKEN}, "80100001"),
        ({"data": "x", "token": [1]}, "80100001"),
        ({"data": "x", "android": {"collapse_key": "1"}}, "80100001"),
        ({"data": "x", "android": {"collapse_key": 101}}, "80100001"),
        ({"data": "x", "android": {"ttl": 60}}, "80100001"),
        ({"data": "x", "android": {"ttl": "0"}}, "80100001"),
        ({"data": "x", "android": {"ttl": "1296001"}}, "80100001"),
        ({"android": {"notification": {**SHOWN, "importance": "URGENT"}}}, "80100001"),
        ({"android": {"notification": {**SHOWN, "click_action": {}}}}, "80100001"),
        ({"android": {"notification": {"title": "A", "body": "B"}}}, "80100001"),
        ({"android": {"notification": {"title": "A", "click_action": {"type": 3}}}}, "80100001"),
        ({"data": "x" * 4096}, "80300008"),
        ({"data": "x", "token": []}, "80300010"),
        ({"data": "x", "token": [TOKEN] * 1001}, "80300010"),
        ({"data": "x", "token": ["short"]}, "80300007"),
    ],
)
def test_flaw_has_its_code(message: Any, code: str) -> None:
    assert refusal({"message": {"token": [TOKEN], **message}}) == code


@pytest.mark.parametrize("request_", [None, [], {}, {"message": []}, {"message": {}, "x": 1}])
def test_request_needs_a_message(request_: Any) -> None:
    assert refusal(request_) == "80100003"
