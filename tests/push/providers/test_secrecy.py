"""What is never written down."""

import json
import logging

import pytest

from push.messages.values import PushMessage, Text
from push.providers import attempt
from push.providers.clients import Credentials
from push.providers.values import Outcome, Result, Target
from push.stand_in.faults import Behaviour, Kind, apns_reply
from push.stand_in.server import StandIn
from push.stand_in.values import Provider
from tests.push.providers.sending import APNS_TOKEN, FCM_TOKEN, HMS_TOKEN, send

SAID = "words-of-the-message"
MESSAGE = PushMessage(title=Text(text=SAID), body=Text(text=SAID))


def test_log_holds_neither_tokens_nor_keys_nor_messages(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = stand_in.accounts
    devices: dict[Provider, tuple[Credentials, str]] = {
        Provider.APNS: (accounts.apns, APNS_TOKEN),
        Provider.FCM: (accounts.fcm, FCM_TOKEN),
        Provider.HMS: (accounts.hms, HMS_TOKEN),
    }
    with caplog.at_level(logging.DEBUG):
        for provider, (credentials, token) in devices.items():
            settings = stand_in.settings()
            assert send(credentials, settings, token, MESSAGE).outcome is Outcome.SENT
            stand_in.desks.faults.plan(provider, Behaviour(kind=Kind.RESET))
            assert send(credentials, settings, token, MESSAGE).outcome is Outcome.PENDING
        refusal = Behaviour(reply=apns_reply("InvalidProviderToken"))
        stand_in.desks.faults.plan(Provider.APNS, refusal)
        assert send(accounts.apns, settings, APNS_TOKEN, MESSAGE).credentials_refused
    key = json.loads(accounts.fcm.service_account)["private_key"]
    secrets = [
        *(token for _, token in devices.values()),
        *(accounts.apns.private_key.splitlines()[1], key.splitlines()[1]),
        *(accounts.hms.client_secret, SAID, "earer ", "ya29.", "eyJ"),
    ]
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_defect_is_a_result_and_a_line_without_contents(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    broken = PushMessage(extras={"a": {SAID}})  # a set, which no check let through
    result = send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN, broken)
    assert result == Result(outcome=Outcome.PENDING, reason=attempt.INTERNAL_ERROR)
    assert "TypeError" in caplog.text
    assert SAID not in caplog.text


def test_values_do_not_show_their_secrets(stand_in: StandIn) -> None:
    accounts = stand_in.accounts
    shown = repr((accounts, Target(token=APNS_TOKEN)))
    for secret in (APNS_TOKEN, "PRIVATE KEY", accounts.hms.client_secret):
        assert secret not in shown


def test_stand_in_keeps_no_proof_of_who_sent(stand_in: StandIn) -> None:
    send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN)
    (received,) = stand_in.desks.mailbox.look()
    assert "authorization" not in received.headers
