"""Phones of protocol 4.0 go on after their keys were encrypted anew, also in between two keys."""

import base64
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.serving.record_guard import refuse_mixed_records
from powerauth.engine.activations import activation_status
from powerauth.engine.encryption import encryption
from powerauth.engine.generations import four
from powerauth.engine.generations.four import factor_changes
from powerauth.engine.storage import rotation
from powerauth.models import Activation, ActivationKey, ActivationState, TemporaryKey, Token
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.records import Keyring
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, SharedSecretResponse
from powerauth.protocol.v4.status_blob import read_status
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L5
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK, Phone4, new_phone
from tests.engine.generations_four.test_tokens import created, header, verdict
from tests.engine.upgrades.moving import Moving

NEW_KEY = base64.b64encode(bytes(range(32))).decode()
OF_ACTIVATIONS = (
    *("activation_secret", "knowledge_key", "next_knowledge_key"),
    *("biometry_key", "next_biometry_key"),
)


@pytest.fixture
def phone(bank: Bank) -> Phone4:
    """A phone with biometry, a token, temporary keys, and a new key for each factor that waits."""
    made = new_phone(bank.application, EC_P384_ML_L5)
    made.activate(made.begin())
    _write(made, **factor_changes.confirmed(enable_biometry=True))
    return made


def _write(phone: Phone4, **columns: object) -> None:
    Activation.objects.filter(pk=phone.activation_id).update(**columns)


def _rotate(settings: Settings) -> None:
    """Encrypt everything under a new key, and forget the one of before."""
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = NEW_KEY
    call_command("rotate_encryption", stdout=StringIO())
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    refuse_mixed_records()


def _new_factors(phone: Phone4) -> Iterator[bytes]:
    for change in (factor_changes.new_knowledge, factor_changes.new_biometry):
        offer = Offer.generate(phone.suite)
        columns, answer = change(phone.row, offer.request.to_json())
        _write(phone, **columns)
        yield offer.accept(SharedSecretResponse.parse(answer))


@pytest.mark.parametrize("which", ["former", "new"])
def test_keys_of_factors_and_those_that_wait(phone: Phone4, settings: Settings, which: str) -> None:
    knowledge, biometry = _new_factors(phone)
    assert all(bytes(getattr(phone.row, column)) for column in OF_ACTIVATIONS)
    _rotate(settings)
    replaced = which == "new"
    assert phone.sign(PK, **({"knowledge": knowledge} if replaced else {})).valid
    assert phone.sign(PB, **({"biometry": biometry} if replaced else {})).valid
    row = phone.row
    assert (bytes(row.next_knowledge_key), bytes(row.next_biometry_key)) == (b"", b"")


def test_tokens_temporary_keys_and_key_pairs(phone: Phone4, settings: Settings) -> None:
    token = created(phone)
    sealed = phone.seal({"ask": 1}, Encryptor.ACTIVATION_GENERIC)
    _rotate(settings)
    assert verdict(header(token)).valid
    opened = encryption.open_call(sealed.call, at=timezone.now())
    assert opened.plaintext == b'{"ask": 1}'
    # Signed by both key pairs of the server, under keys that only now were opened.
    assert phone.ask_temporary_key(Scope.ACTIVATION).activation_id == phone.activation_id


def test_an_activation_in_the_middle_of_an_upgrade(bank: Bank, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    moving = Moving.of(bank, EC_P384)
    moving.start()
    _rotate(settings)
    assert moving.works_as_before()
    assert moving.confirm().valid
    assert moving.works_as_new() and not moving.works_as_before()


def test_trap_24_a_removed_activation_still_tells_its_status(
    phone: Phone4, settings: Settings
) -> None:
    _write(phone, state=ActivationState.REMOVED)
    _rotate(settings)
    phone.ask_temporary_key(Scope.ACTIVATION)
    answer = activation_status.answer(phone.row, None, generation=four.GENERATION)
    assert read_status(answer.blob, phone.keys).state == ActivationState.REMOVED


@pytest.mark.parametrize(
    "sealed",
    [
        column
        for column in rotation.SEALED_COLUMNS
        if column.model in (ActivationKey, TemporaryKey, Token) or column.column in OF_ACTIVATIONS
    ],
    ids=lambda sealed: f"{sealed.model.__name__}.{sealed.column}",
)
def test_a_process_does_not_start_over_a_record_of_another_key(
    phone: Phone4, sealed: rotation.SealedColumn
) -> None:
    created(phone)
    refuse_mixed_records()
    other = Keyring([bytes(32)]).seal(b"secret", context=("elsewhere",))
    some = sealed.model._default_manager.order_by("pk")[:1].values("pk")
    sealed.model._default_manager.filter(pk__in=list(some.values_list("pk", flat=True))).update(
        **{sealed.column: other}
    )
    with pytest.raises(CommandError, match="MASTER_DB_ENCRYPTION_KEYS_PREVIOUS"):
        refuse_mixed_records()
