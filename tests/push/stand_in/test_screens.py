"""What phones make of messages, in the form of each provider."""

import json
from typing import Any

import pytest

from push.stand_in.screens import Heard, heard
from push.stand_in.values import Provider, Received

TEXTS = {"title": "A payment waits", "body": "Look"}
EXTRAS = {"operationId": "1"}

LOUD: dict[Provider, dict[str, Any]] = {
    Provider.APNS: {"aps": {"alert": TEXTS, "sound": "default"}, **EXTRAS},
    Provider.FCM: {"token": "t", "android": {"notification": TEXTS}, "data": EXTRAS},
    Provider.HMS: {"token": ["t"], "android": {"notification": TEXTS}, "data": json.dumps(EXTRAS)},
}
SILENT: dict[Provider, dict[str, Any]] = {
    Provider.APNS: {"aps": {"content-available": 1}, **EXTRAS},
    Provider.FCM: {"token": "t", "android": {"priority": "high"}, "data": EXTRAS},
    Provider.HMS: {"token": ["t"], "data": json.dumps(EXTRAS)},
}


def _heard(provider: Provider, payload: dict[str, Any]) -> Heard:
    return heard(Received(number=1, provider=provider, token="t", payload=payload))


@pytest.mark.parametrize("provider", LOUD)
def test_a_phone_shows_title_and_body(provider: Provider) -> None:
    expected = Heard(title="A payment waits", body="Look", extras=EXTRAS)
    assert _heard(provider, LOUD[provider]) == expected
    assert not expected.silent


@pytest.mark.parametrize("provider", SILENT)
def test_a_silent_one_is_for_the_app_only(provider: Provider) -> None:
    message = _heard(provider, SILENT[provider])
    assert (message.silent, message.extras) == (True, EXTRAS)


@pytest.mark.parametrize("provider", SILENT)
def test_nothing_has_to_be_for_the_app(provider: Provider) -> None:
    payload = {name: value for name, value in LOUD[provider].items() if name not in EXTRAS}
    payload.pop("data", None)
    assert _heard(provider, payload).extras == {}
