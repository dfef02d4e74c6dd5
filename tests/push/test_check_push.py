"""`manage.py check_push`: each provider is asked, and no device hears of it."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from push.credentials import services
from push.credentials.values import ApnsSettings, FcmSettings, HmsSettings
from push.models import PushAppCredentials
from push.stand_in import accounts
from push.stand_in.faults import Behaviour, apns_reply, fcm_reply
from push.stand_in.server import StandIn, running
from push.stand_in.values import Provider, Reply


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with running(StandIn(accounts.make(), tmp_path_factory.mktemp("stand-in"))) as stand_in:
        yield stand_in


@pytest.fixture
def row(stand_in: StandIn, settings: Settings, db: None) -> PushAppCredentials:
    """Give credentials that the stand-in takes, and let the server send there."""
    stand_in.desks.reset()
    theirs = stand_in.settings()
    settings.APNS_URL = theirs.apns_url
    settings.APNS_DEVELOPMENT_URL = theirs.apns_development_url
    settings.FCM_URL, settings.FCM_TOKEN_URL = theirs.fcm_url, theirs.fcm_token_url
    settings.HMS_URL, settings.HMS_TOKEN_URL = theirs.hms_url, theirs.hms_token_url
    settings.PUSH_CA_FILE = theirs.ca_file
    settings.APNS_USE_DEVELOPMENT = "none"
    row = services.create("retail", at=timezone.now())
    _put_all(row, stand_in)
    return row


def _apns(stand_in: StandIn) -> ApnsSettings:
    key = stand_in.accounts.apns
    return ApnsSettings(
        key_id=key.key_id,
        team_id=key.team_id,
        bundle=key.bundle_id,
        private_key=key.private_key.encode(),
    )


def _put_all(row: PushAppCredentials, stand_in: StandIn) -> None:
    fcm, hms = stand_in.accounts.fcm, stand_in.accounts.hms
    google = FcmSettings(project_id=fcm.project_id, service_account=fcm.service_account.encode())
    huawei = HmsSettings(
        project_id=hms.project_id,
        client_id=hms.client_id,
        client_secret=hms.client_secret.encode(),
    )
    for each in (_apns(stand_in), google, huawei):
        row = services.put(row, each, at=timezone.now())


def _told(*applications: str) -> list[str]:
    out = StringIO()
    try:
        call_command("check_push", *applications, stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


def test_credentials_that_are_taken(stand_in: StandIn, row: PushAppCredentials) -> None:
    taken = [
        "retail apns production: taken",
        "retail apns development: taken",
        "retail fcm: taken",
        "retail hms: taken",
    ]
    assert _told() == taken
    assert _told("retail") == taken
    assert stand_in.desks.mailbox.look() == []


def test_live_application_is_not_known_for_development(
    stand_in: StandIn, row: PushAppCredentials, settings: Settings
) -> None:
    settings.APNS_USE_DEVELOPMENT = "false"
    assert [line for line in _told() if "apns" in line] == ["retail apns production: taken"]
    settings.APNS_USE_DEVELOPMENT = "true"
    assert "retail apns development: taken" in _told()
    services.put(row, replace(_apns(stand_in), environment="production"), at=timezone.now())
    assert [line for line in _told() if "apns" in line] == ["retail apns production: taken"]


def test_credentials_that_are_refused_end_with_an_error(
    stand_in: StandIn, row: PushAppCredentials
) -> None:
    plan = stand_in.desks.faults.plan
    plan(Provider.APNS, Behaviour(reply=apns_reply("InvalidProviderToken")))
    plan(Provider.FCM, Behaviour(reply=fcm_reply("PERMISSION_DENIED")))
    plan(Provider.HMS_TOKEN, Behaviour(reply=Reply(status=503)))
    assert _told() == [
        "retail apns production: refused (InvalidProviderToken)",
        "retail apns development: refused (InvalidProviderToken)",
        "retail fcm: refused (PERMISSION_DENIED)",
        "retail hms: not known (OAuth HTTP 503)",
        "Credentials that are not taken, as far as is known: 4",
    ]


def test_secret_that_does_not_open_is_told(stand_in: StandIn, row: PushAppCredentials) -> None:
    sealed = PushAppCredentials.objects.get().fcm_service_account
    PushAppCredentials.objects.update(hms_client_secret=sealed)
    assert "retail hms: refused (CredentialsUnreadable)" in _told()


def test_application_without_credentials_is_named(row: PushAppCredentials) -> None:
    assert _told("retail", "b", "a") == ["No credentials for: a, b"]


def test_nothing_to_check_is_told(db: None) -> None:
    assert _told() == ["No application has credentials here."]


def test_file_of_authorities_that_is_away(row: PushAppCredentials, settings: Settings) -> None:
    settings.PUSH_CA_FILE = str(Path("/nowhere/ca.pem"))
    assert _told() == ["PUSH_CA_FILE cannot be used: No such file or directory"]
