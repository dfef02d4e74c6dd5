"""Credentials for a trial without a provider."""

import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from push.credentials import services
from push.credentials.opening import opened
from push.credentials.trial import HasOthers, try_with
from push.credentials.values import Settings
from push.models import Platform, PushAppCredentials, PushChannel
from push.stand_in import accounts
from push.stand_in.accounts import Accounts
from tests.push.accounts import apns, fcm, hms

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def known() -> Accounts:
    return accounts.make()


def _try(known: Accounts) -> None:
    try_with("retail", (known.apns, known.fcm, known.hms), at=timezone.now())


def test_an_application_gets_what_the_stand_in_takes(known: Accounts) -> None:
    _try(known)
    row = PushAppCredentials.objects.get()
    expected = {Platform.APNS: known.apns, Platform.FCM: known.fcm, Platform.HMS: known.hms}
    assert {platform: opened(row, platform) for platform in Platform} == expected
    assert row.apns_environment == "production"
    assert PushChannel.objects.filter(application_id="retail", enabled=True).count() == 3


def test_a_stand_in_of_another_folder_takes_over(known: Accounts) -> None:
    _try(known)
    other = accounts.make()
    _try(other)
    assert opened(PushAppCredentials.objects.get(), Platform.HMS) == other.hms


@pytest.mark.parametrize("settings", [apns(), fcm(), hms()], ids=["apns", "fcm", "hms"])
def test_an_application_that_can_send_is_left_alone(known: Accounts, settings: Settings) -> None:
    row = services.put(services.create("retail", at=timezone.now()), settings, at=timezone.now())
    with pytest.raises(HasOthers):
        _try(known)
    assert PushAppCredentials.objects.get() == row
    assert PushAppCredentials.objects.get().updated_at == row.updated_at
    assert PushChannel.objects.count() == 1


def test_the_command_introduces_itself_before_it_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match="ports cannot be used"):
            call_command("push_stand_in", folder=tmp_path, application="retail", port=port)
    row = PushAppCredentials.objects.get(application_id="retail")
    assert opened(row, Platform.FCM) == accounts.kept(tmp_path).fcm


def test_the_command_leaves_credentials_alone(tmp_path: Path) -> None:
    services.put(services.create("retail", at=timezone.now()), hms(), at=timezone.now())
    with pytest.raises(CommandError, match="credentials of its own"):
        call_command("push_stand_in", folder=tmp_path, application="retail")
