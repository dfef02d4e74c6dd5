"""Every page of the back office, over a bank with rows of every kind: it keeps secrets."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client

from operations.models import Operation
from powerauth.engine.activations import otp
from powerauth.engine.generations.four import stored_keys as four
from powerauth.engine.generations.three import stored_keys
from powerauth.models import (
    Activation,
    ActivationKey,
    ApplicationVersion,
    Integration,
    MasterKeyPair,
    TemporaryKey,
    Token,
)
from powerauth.protocol.encoding import b64
from push.models import PushAppCredentials
from tests.admin.conftest import PUSH_TOKEN
from tests.admin.office import pages

FOUR = (
    *("activation_secret", "knowledge_key", "next_knowledge_key"),
    *("biometry_key", "next_biometry_key"),
)
CODE = re.compile(r"/activation/.+/code/$")


def _spellings(value: bytes) -> Iterator[str]:
    yield b64(value)
    yield value.hex()
    yield repr(value)[2:-1]


def _secrets(client_secret: str) -> Iterator[str]:
    yield client_secret
    yield PUSH_TOKEN
    yield "otp-of-bob"
    yield from ("BEGIN PRIVATE KEY", "hms-secret", "push@retail-1")
    for shown in PushAppCredentials.objects.all():
        for column in ("apns_private_key", "fcm_service_account", "hms_client_secret"):
            yield from _spellings(bytes(getattr(shown, column)))
    yield from Integration.objects.values_list("client_secret_hash", flat=True)
    yield from ApplicationVersion.objects.values_list("application_secret", flat=True)
    for activation in Activation.objects.all():
        for column in ("server_private_key", "derived_keys", "ctr_data"):
            value = bytes(getattr(activation, column))
            yield from _spellings(value) if value else ()
        yield from filter(None, [activation.otp_hash])
        if activation.server_private_key:
            yield from _spellings(stored_keys.server_private(activation))
        for column in FOUR:
            for secret in (bytes(getattr(activation, column)), four.opened(activation, column)):
                yield from _spellings(secret) if secret else ()
    for pair in ActivationKey.objects.exclude(private_key=b""):
        yield from _spellings(bytes(pair.private_key))
    for model, column in ((MasterKeyPair, "private_key"), (Token, "secret")):
        for row in model.objects.all():
            yield from _spellings(bytes(getattr(row, column)))
    for temporary in TemporaryKey.objects.all():
        yield from _spellings(bytes(temporary.private_key))
    for operation in Operation.objects.exclude(proximity_seed=b""):
        yield from _spellings(bytes(operation.proximity_seed))


def test_pages_open_and_keep_secrets(chief: Client, full_bank: str) -> None:
    secrets = list(_secrets(full_bank))
    codes = list(Activation.objects.values_list("activation_code", flat=True))
    assert len(secrets) > 20 and otp.matches("otp-of-bob", next(s for s in secrets if "argon" in s))
    opened = 0
    for address in pages():
        answer = chief.get(address)
        assert answer.status_code in (200, 302, 403), address
        if answer.status_code != 200:
            continue
        opened += 1
        text = answer.content.decode()
        assert not [secret for secret in secrets if secret in text], address
        if not CODE.search(address):
            assert not [code for code in codes if code in text], address
    assert opened > 60


def test_pages_load_nothing_from_elsewhere(chief: Client, full_bank: str) -> None:
    elsewhere = re.compile(r"""(?:src|href|action|srcset)\s*=\s*["'](?:https?:)?//""")
    for address in pages():
        text = chief.get(address).content.decode()
        assert not elsewhere.search(text), address


def test_only_known_rows_have_pages() -> None:
    names = {model.__name__ for model in admin.site._registry}
    assert names.isdisjoint({"MasterKeyPair", "Token", "TemporaryKey", "UniqueValue"})
    assert names.isdisjoint({"ApplicationConfig"})


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login(client: Client, full_bank: str) -> None:
    for address in pages():
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/admin/login/"), address
