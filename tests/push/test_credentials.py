"""Credentials of providers: what is refused, how they are kept, and what a change does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.utils import timezone

from powerauth.engine.storage.records import SecretUnreadable
from push.credentials import services
from push.credentials.opening import opened
from push.credentials.values import InvalidCredentials, Settings
from push.models import Platform, PushAppCredentials, PushChannel
from push.providers.values import ApnsKey, FcmAccount, HmsAccount
from tests.push.accounts import apns, every_provider, fcm, hms, p8, pem, rsa_key, service_account

NOW = timezone.now()


@pytest.fixture
def row(db: None) -> PushAppCredentials:
    return services.create("retail", at=NOW)


def channel(platform: str = "apns") -> PushChannel:
    return PushChannel.objects.get(application_id="retail", platform=platform)


WRONG: list[tuple[Settings, str]] = [
    (apns(private_key=b"not a key"), "private_key"),
    (apns(private_key=pem(ec.generate_private_key(ec.SECP384R1()))), "private_key"),
    (apns(private_key=pem(ed25519.Ed25519PrivateKey.generate())), "private_key"),
    (apns(private_key=rsa_key().encode()), "private_key"),
    (apns(private_key=b" "), "private_key"),
    (apns(key_id=" "), "key_id"),
    (apns(team_id="x" * 256), "team_id"),
    (apns(bundle="com.bank\nx: y"), "bundle"),
    (apns(environment="test"), "environment"),
    (fcm(project_id="a/../b"), "project_id"),
    (fcm(service_account=b"[" * 5000), "service_account"),
    (fcm(service_account=b"[]"), "service_account"),
    (fcm(service_account=service_account(type="authorized_user")), "service_account"),
    (fcm(service_account=service_account(client_email=None)), "service_account"),
    (fcm(service_account=service_account(token_uri="")), "service_account"),
    *(
        (fcm(service_account=service_account(token_uri=address)), "service_account")
        for address in (
            "http://oauth2.googleapis.com/token",
            "https://10.0.0.1/token",
            "https://oauth2.googleapis.com:8443/token",
            "https://oauth2.googleapis.com@10.0.0.1/token",
            "https://me@oauth2.googleapis.com/token",
            "https://googleapis.com.evil.example/token",
            "https://evilgoogleapis.com/token",
            "https://[::1/token",
            "https://oauth2.googleapis.com:x/token",
        )
    ),
    (fcm(service_account=service_account(private_key="x")), "service_account"),
    (fcm(service_account=service_account(private_key=p8().decode())), "service_account"),
    (fcm(service_account=service_account(padding="x" * 16384)), "service_account"),
    (hms(client_secret=b"a\nb"), "client_secret"),
    (hms(client_secret="žluť".encode()), "client_secret"),
    (hms(client_id=""), "client_id"),
]


@pytest.mark.parametrize(("settings", "member"), WRONG)
def test_what_no_provider_takes_is_refused(
    row: PushAppCredentials, settings: Settings, member: str
) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        services.put(row, settings, at=NOW)
    assert refused.value.member == member
    assert not PushChannel.objects.exists()


@pytest.mark.parametrize(
    "settings", [apns(private_key=None), fcm(service_account=None), hms(client_secret=None)]
)
def test_the_first_time_needs_a_secret(row: PushAppCredentials, settings: Settings) -> None:
    with pytest.raises(InvalidCredentials, match="must not be blank"):
        services.put(row, settings, at=NOW)


def test_secrets_are_sealed_and_open_for_providers(db: None) -> None:
    row = PushAppCredentials.objects.get(pk=every_provider("retail").pk)
    assert b"PRIVATE KEY" not in bytes(row.apns_private_key)
    assert b"PRIVATE KEY" not in bytes(row.fcm_service_account)
    assert b"hms-secret" not in bytes(row.hms_client_secret)
    assert opened(row, "apns") == ApnsKey(
        key_id="KEY1234567",
        team_id="TEAM123456",
        bundle_id="com.bank.mobile",
        private_key=p8().decode(),
    )
    assert opened(row, "fcm") == FcmAccount(
        project_id="retail-1", service_account=service_account().decode()
    )
    assert opened(row, "hms") == HmsAccount(
        project_id="999001", client_id="105001", client_secret="hms-secret"
    )


def test_an_account_without_an_address_for_tokens_gets_googles(row: PushAppCredentials) -> None:
    row = services.put(row, fcm(service_account=service_account(token_uri=None)), at=NOW)
    found = opened(row, "fcm")
    assert isinstance(found, FcmAccount)
    assert json.loads(found.service_account) == json.loads(service_account())


def test_a_record_does_not_open_in_the_row_of_another_application(db: None) -> None:
    row, other = every_provider("retail"), every_provider("business")
    row.apns_private_key = other.apns_private_key
    with pytest.raises(SecretUnreadable):
        opened(row, "apns")


def test_without_a_secret_the_stored_one_stays(db: None) -> None:
    row = services.put(every_provider("retail"), apns(private_key=None, bundle="x"), at=NOW)
    found = opened(PushAppCredentials.objects.get(pk=row.pk), "apns")
    assert isinstance(found, ApnsKey)
    assert (found.bundle_id, found.private_key) == ("x", p8().decode())


@pytest.mark.main_path
def test_a_change_lets_everybody_begin_anew(db: None) -> None:
    row = every_provider("retail")
    before = channel().version
    refused: dict[str, Any] = {
        "delivered_at": NOW,
        "failures": 7,
        "open_until": NOW + timedelta(hours=1),
        "refused_at": NOW,
        "refused_reason": "InvalidProviderToken",
    }
    PushChannel.objects.update(**refused)
    services.put(row, apns(key_id="NEW"), at=NOW)
    fresh = channel()
    assert (fresh.version, fresh.delivered_at, fresh.failures) == (before + 1, None, 0)
    assert (fresh.open_until, fresh.refused_at, fresh.refused_reason) == (None, None, "")
    assert channel("fcm").refused_at == NOW, "another provider has nothing to do with it"


def test_removal_forgets_the_secret_and_closes_the_way(db: None) -> None:
    row = services.remove(every_provider("retail"), Platform.FCM, at=NOW)
    stored = PushAppCredentials.objects.get(pk=row.pk)
    assert (bytes(stored.fcm_service_account), stored.fcm_project_id) == (b"", "")
    assert opened(stored, "fcm") is None
    assert (channel("fcm").enabled, channel("apns").enabled) == (False, True)
    services.put(stored, fcm(), at=NOW)
    assert channel("fcm").enabled
    assert PushChannel.objects.count() == 3
