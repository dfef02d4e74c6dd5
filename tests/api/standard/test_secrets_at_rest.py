"""What the database holds of secrets, and what a stolen or changed row is worth: protocol.md 12."""

import base64

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from pytest_django import Settings

from powerauth.engine.applications import master_keys
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.storage import records
from powerauth.models import Activation, Token
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.records import Keyring
from powerauth.protocol.v3.encryption import Scope
from tests.api.answers import FAILED, OK, outcome
from tests.api.standard.wire import PK, PKB
from tests.bank import PIN, Bank

pytestmark = pytest.mark.embedded

OTHER_KEY = base64.b64encode(b"another master key of 32 bytes..").decode()


def stored_bytes() -> bytes:
    """Give everything that the engine's tables hold, as one haystack."""
    parts: list[bytes] = []
    for model in apps.get_app_config("powerauth").get_models():
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                binary = isinstance(field, models.BinaryField)
                parts.append(bytes(value) if binary else str(value).encode())
    return b"\n".join(parts)


def secrets_of(phone: Phone, token_secret: bytes) -> list[bytes]:
    keys: FactorKeys = phone.factor_keys(PKB, PIN)
    return [
        keys.possession,
        keys.knowledge,
        keys.biometry,
        phone.enrolment_3.transport_key,
        token_secret,
    ]


@pytest.mark.main_path
def test_rows_do_not_contain_plain_keys(bank: Bank, alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    secrets = [*secrets_of(alice, token.secret), alice.unlock_vault(PIN)]
    secrets.append(master_keys.pair(bank.application.id).private_key)
    haystack = stored_bytes()
    assert alice.activation_id.encode() in haystack
    for secret in secrets:
        assert secret not in haystack
        assert b64(secret).encode() not in haystack
        assert secret.hex().encode() not in haystack


def test_records_name_their_row(alice: Phone, bob: Phone) -> None:
    """Who can write rows still cannot sign as Alice with Bob's keys."""
    thief = Activation.objects.get(id=bob.activation_id)
    Activation.objects.filter(id=alice.activation_id).update(
        derived_keys=thief.derived_keys,
        server_private_key=thief.server_private_key,
        ctr_data=thief.ctr_data,
    )
    assert outcome(alice.validate_signature(pin=PIN)) == FAILED
    with pytest.raises(records.SecretUnreadable):
        stored_keys.derived(Activation.objects.get(id=alice.activation_id))


def test_a_token_that_is_given_to_another_activation(alice: Phone, bob: Phone) -> None:
    """Who can write rows still cannot read as Alice with Bob's token."""
    token = bob.create_token(PK, PIN)
    Token.objects.filter(id=token.token_id).update(activation_id=alice.activation_id)
    answer = bob.token_post("/api/auth/token/app/operation/list", b"{}", token=token)
    assert answer.status == 500
    assert Token.objects.get().last_used_at is None


@pytest.mark.parametrize("column", ["user_id", "application_id"])
def test_an_activation_that_is_given_to_somebody_else(
    alice: Phone, other_bank: Bank, column: str
) -> None:
    values = {"user_id": "bob", "application_id": other_bank.application.id}
    Activation.objects.update(**{column: values[column]})
    row = Activation.objects.get()
    for unseal in (stored_keys.derived, stored_keys.server_private):
        with pytest.raises(records.SecretUnreadable):
            unseal(row)


def test_plain_records_are_not_read_unless_a_setting_says_so(
    alice: Phone, settings: Settings
) -> None:
    token = alice.create_token(PK, PIN)
    plain = Keyring([]).seal(token.secret, context=())
    Token.objects.update(secret=plain)
    assert alice.token_post("/pa/v3/activation/detail", b"{}", token=token).status == 500
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = True
    assert alice.detail(token)["activationName"] == "Phone"


def test_token_record_in_another_row(alice: Phone, bob: Phone) -> None:
    own, others = alice.create_token(PK, PIN), bob.create_token(PK, PIN)
    Token.objects.filter(id=own.token_id).update(
        secret=Token.objects.get(id=others.token_id).secret
    )
    answer = alice.token_post("/pa/v3/activation/detail", b"{}", token=own)
    assert outcome(answer) == FAILED


@pytest.mark.parametrize("index", [0, 1, 10, -1])
def test_flipped_record(alice: Phone, index: int) -> None:
    record = bytearray(Activation.objects.get().derived_keys)
    record[index] ^= 0x10
    Activation.objects.update(derived_keys=bytes(record))
    assert outcome(alice.validate_signature(pin=PIN)) == FAILED


@pytest.mark.main_path
def test_rotation_with_previous_keys(alice: Phone, settings: Settings) -> None:
    token = alice.create_token(PK, PIN)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = OTHER_KEY
    assert outcome(alice.validate_signature(pin=PIN)) == OK
    assert alice.detail(token)["activationName"] == "Phone"
    alice.temporary_keys.pop(Scope.ACTIVATION)
    assert alice.user_info()["sub"] == "alice"


def test_rows_under_an_unknown_key(alice: Phone, settings: Settings) -> None:
    """An operator's mistake is neither the user's failed attempt nor a refusal."""
    settings.MASTER_DB_ENCRYPTION_KEY = OTHER_KEY
    assert outcome(alice.validate_signature(pin=PIN)) == FAILED
    row = Activation.objects.get()
    assert (row.counter, row.failed_attempts) == (0, 0)


def test_without_a_master_key_rows_are_plain(bank: Bank, settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    phone = bank_without_key(bank).phone("alice")
    token = phone.create_token(PK, PIN)
    assert outcome(phone.validate_signature(pin=PIN)) == OK
    assert phone.detail(token)["activationName"] == "Phone"
    haystack = stored_bytes()
    assert all(secret in haystack for secret in secrets_of(phone, token.secret))


def bank_without_key(bank: Bank) -> Bank:
    """Give a bank whose master key pairs are stored plain."""
    bank.application.master_key_pairs.all().delete()
    master_keys.complete(bank.application)
    return bank


def test_encryption_can_be_switched_on_later(bank: Bank, settings: Settings) -> None:
    configured, settings.MASTER_DB_ENCRYPTION_KEY = settings.MASTER_DB_ENCRYPTION_KEY, ""
    phone = bank_without_key(bank).phone("alice")
    settings.MASTER_DB_ENCRYPTION_KEY = configured
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = True
    assert outcome(phone.validate_signature(pin=PIN)) == OK
    call_command("rotate_encryption")
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = False
    assert outcome(phone.validate_signature(pin=PIN)) == OK
