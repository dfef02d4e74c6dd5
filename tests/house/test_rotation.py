"""`rotate_encryption`: everything ends under the current key, and nothing is lost on the way."""

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import BinaryField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.management.commands.rotate_encryption import COLUMNS
from operations.decisions import proximity
from operations.models import Operation
from powerauth.engine.applications import application_config
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication, HttpBasic
from powerauth.engine.callbacks.callbacks import Configuration, NewCallback
from powerauth.engine.storage import record_places, records
from powerauth.engine.storage.record_places import Place
from powerauth.engine.storage.rotation import SealedColumn, rotate
from powerauth.models import Activation, ActivationKey, CallbackType, KeySide, Token
from powerauth.phone.phone import Phone
from powerauth.protocol.records import Keyring
from tests.bank import PIN, Bank, make_bank
from tests.push.accounts import every_provider
from tests.records import FormerKeyring
from tests.staff.people import person, with_app

NEW_KEY = base64.b64encode(b"new master key for records 12345"[:32]).decode()

# Public keys, and counters that are worth nothing without the keys of their activation.
NO_SECRETS = {
    ("powerauth.MasterKeyPair", "public_key"),
    ("powerauth.Activation", "server_public_key"),
    ("powerauth.Activation", "device_public_key"),
    ("powerauth.Activation", "ctr_data"),
    ("powerauth.Activation", "ctr_data_4"),
    ("powerauth.ActivationKey", "public_key"),
    ("powerauth.SignatureAudit", "activation_ctr_data"),
    ("powerauth.SignatureAudit", "data"),
    ("powerauth.UniqueValue", "digest"),
    ("powerauth.ImportedRow", "digest_there"),
    ("powerauth.ImportedRow", "digest_here"),
}


def run() -> str:
    output = io.StringIO()
    call_command("rotate_encryption", "--batch-size", "2", stdout=output)
    return output.getvalue()


def new_callback(bank: Bank) -> NewCallback:
    configuration = Configuration(
        name="core",
        type=CallbackType.ACTIVATION_STATUS_CHANGE,
        url="https://core.bank.example/",
        authentication=Authentication(http_basic=HttpBasic(username="pa", password="kept")),
    )
    return callbacks.create(bank.application.id, configuration, at=timezone.now())


def every_record() -> Iterator[tuple[SealedColumn, bytes]]:
    for column in COLUMNS:
        for record in column.model._default_manager.values_list(column.column, flat=True):
            if bytes(record):
                yield column, bytes(record)


@pytest.fixture
def used_bank(bank: Bank) -> Bank:
    """A bank with at least one record in every column that holds secrets."""
    for number in range(3):
        bank.phone(f"user-{number}").create_token()
    application_config.store(bank.application.id, "oauth2_providers", [])
    new_callback(bank)
    operation = bank.operation("alice")
    Operation.objects.filter(pk=operation.pk).update(
        proximity_seed=proximity.new_seed(operation.pk)
    )
    with_app(person())
    every_provider(bank.application.id)
    fill_keys_of_protocol_4(Activation.objects.order_by("pk")[0])
    return bank


def fill_keys_of_protocol_4(activation: Activation) -> None:
    owners = (activation.pk, activation.application_id, activation.user_id)
    columns = ("activation_secret", "knowledge_key", "next_knowledge_key")
    for name in (*columns, "biometry_key", "next_biometry_key"):
        place = getattr(record_places, name)(*owners)
        setattr(activation, name, records.seal(name.encode(), place))
    activation.save()
    place = record_places.activation_key(activation.pk, "ECDSA_P384", b"public")
    ActivationKey.objects.create(
        activation=activation,
        side=KeySide.SERVER,
        algorithm="ECDSA_P384",
        public_key=b"public",
        private_key=records.seal(b"private", place),
    )
    ActivationKey.objects.create(
        activation=activation, side=KeySide.DEVICE, algorithm="ECDSA_P384", public_key=b"public"
    )


def test_keys_of_protocol_4_open_in_their_own_place_only(new_key: Settings) -> None:
    run()
    new_key.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    row = Activation.objects.exclude(knowledge_key=b"").get()
    owners = (row.pk, row.application_id, row.user_id)
    place = record_places.next_knowledge_key(*owners)
    assert records.unseal(row.next_knowledge_key, place) == b"next_knowledge_key"
    for elsewhere in (
        record_places.knowledge_key(*owners),
        record_places.next_biometry_key(*owners),
        record_places.next_knowledge_key(row.pk, row.application_id, "another user"),
    ):
        with pytest.raises(records.SecretUnreadable):
            records.unseal(row.next_knowledge_key, elsewhere)
    pair = row.keys.get(side=KeySide.SERVER)
    place = record_places.activation_key(row.pk, pair.algorithm, pair.public_key)
    assert records.unseal(pair.private_key, place) == b"private"
    for elsewhere in (
        record_places.activation_key(row.pk, "MLDSA_65", pair.public_key),
        record_places.activation_key(row.pk, pair.algorithm, b"another public"),
    ):
        with pytest.raises(records.SecretUnreadable):
            records.unseal(pair.private_key, elsewhere)


@pytest.fixture
def new_key(used_bank: Bank, settings: Settings) -> Settings:
    """The settings after a new key was made the current one."""
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = NEW_KEY
    return settings


def test_everything_ends_under_the_current_key(new_key: Settings) -> None:
    before = list(every_record())
    assert {id(column) for column, _ in before} == {id(column) for column in COLUMNS}
    run()
    after = list(every_record())
    assert len(after) == len(before)
    assert not any(records.keyring().needs_rotation(record) for _, record in after)


def test_phones_work_without_the_previous_key(bank: Bank, alice: Phone, settings: Settings) -> None:
    token = alice.create_token()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = NEW_KEY
    run()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    alice.token = token
    assert alice.operations() == []
    assert alice.history(PIN) == []
    assert len(alice.unlock_vault(PIN)) == 16
    assert bank.phone("bob").activation_id


def test_callbacks_keep_their_secrets(bank: Bank, settings: Settings) -> None:
    made = new_callback(bank)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = NEW_KEY
    run()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    made.callback.refresh_from_db()
    assert callbacks.signing_secret_of(made.callback) == made.signing_secret
    assert callbacks.authentication_of(made.callback).http_basic.password == "kept"


def test_proximity_seed_survives(used_bank: Bank, new_key: Settings) -> None:
    now = timezone.now()
    operation = Operation.objects.exclude(proximity_seed=b"").get()
    before = proximity.current_otp(operation.proximity_seed, operation_id=operation.pk, at=now)
    run()
    new_key.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    operation.refresh_from_db()
    after = proximity.current_otp(operation.proximity_seed, operation_id=operation.pk, at=now)
    assert before == after


def test_second_run_has_nothing_to_do(new_key: Settings) -> None:
    run()
    before = list(every_record())
    said = run()
    assert list(every_record()) == before
    assert re.findall(r" ([1-9]\d*) encrypted anew", said) == []


def test_plain_records_are_encrypted(used_bank: Bank, settings: Settings) -> None:
    token = Token.objects.order_by("pk")[0]
    place = record_places.token(token.pk, token.activation_id)
    secret = records.unseal(token.secret, place)
    Token.objects.filter(pk=token.pk).update(secret=Keyring([]).seal(secret, context=()))
    with pytest.raises(CommandError, match="1 records are not encrypted"):
        run()
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = True
    run()
    settings.MASTER_DB_ENCRYPTION_READ_PLAIN = False
    token.refresh_from_db()
    assert not records.keyring().needs_rotation(bytes(token.secret))
    assert records.unseal(token.secret, place) == secret


def test_unreadable_record_is_reported_and_left(new_key: Settings) -> None:
    lost = Token.objects.order_by("pk")[0]
    broken = bytes(lost.secret)[:-1] + bytes([bytes(lost.secret)[-1] ^ 1])
    Token.objects.filter(pk=lost.pk).update(secret=broken)
    with pytest.raises(CommandError, match="1 records are not known to be under the current key"):
        run()
    lost.refresh_from_db()
    assert bytes(lost.secret) == broken
    assert sum(records.keyring().needs_rotation(record) for _, record in every_record()) == 1


def test_what_changes_meanwhile_is_not_overwritten(new_key: Settings) -> None:
    """The other writer comes between reading and writing, as a running server may."""
    written = records.seal(b"0123456789abcdef", Place(("token", "by the other writer")))

    def place(identifier: Any, activation_id: Any) -> Place:
        Token.objects.filter(pk=identifier).update(secret=written)
        return record_places.token(identifier, activation_id)

    tokens = next(column for column in COLUMNS if column.model is Token)
    progress = rotate(replace(tokens, place=place))
    assert (progress.rotated, progress.current, progress.changed_meanwhile) == (0, 3, 0)
    assert {bytes(secret) for secret in Token.objects.values_list("secret", flat=True)} == {written}


def test_records_of_before_are_bound_to_what_their_row_refers_to(
    used_bank: Bank, settings: Settings
) -> None:
    """The records of a former version are read, and moved to the present form."""
    key = FormerKeyring(base64.b64decode(settings.MASTER_DB_ENCRYPTION_KEY))
    for column in COLUMNS:
        for row in column.model._default_manager.exclude(**{column.column: b""}):
            place = column.place(*(getattr(row, name) for name in column.identified_by))
            secret = records.unseal(getattr(row, column.column), place)
            setattr(row, column.column, key.seal(secret, context=place.row))
            row.save()
    assert {record[0] for _, record in every_record()} == {2}
    phone = used_bank.phone("dora")
    assert phone.validate_signature(pin=PIN).ok
    run()
    assert {record[0] for _, record in every_record()} == {3}
    assert phone.validate_signature(pin=PIN).ok
    assert phone.operations() == []


def test_a_batch_is_one_statement(new_key: Settings) -> None:
    tokens = next(column for column in COLUMNS if column.model is Token)
    with CaptureQueriesContext(connection) as queries:
        assert rotate(tokens, batch_size=2).rotated == 3
    written = [query for query in queries if "UPDATE" in query["sql"] and "SET" in query["sql"]]
    assert len(written) == (2 if connection.vendor == "postgresql" else 3)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_locked_row_is_neither_waited_for_nor_lost(settings: Settings) -> None:
    bank = make_bank()
    for number in range(3):
        bank.phone(f"user-{number}").create_token()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = NEW_KEY
    tokens = next(column for column in COLUMNS if column.model is Token)
    locked = Token.objects.order_by("pk")[0]
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM powerauth_token WHERE id = %s FOR UPDATE", [locked.pk])
        progress = rotate(tokens)
        assert (progress.rotated, progress.changed_meanwhile) == (2, 1)
        other.rollback()
    finally:
        other.close()
    assert rotate(tokens).rotated == 1


@pytest.mark.django_db
def test_no_key_is_an_error(settings: Settings) -> None:
    settings.MASTER_DB_ENCRYPTION_KEY = ""
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_KEY is not set"):
        run()


def test_every_binary_column_is_rotated_or_no_secret() -> None:
    """A new column of bytes has to be named here, or in what is rotated."""
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }
    rotated = {(column.model._meta.label, column.column) for column in COLUMNS}
    assert rotated <= found
    assert found - rotated == NO_SECRETS
