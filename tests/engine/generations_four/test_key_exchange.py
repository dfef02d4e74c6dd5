"""The key exchange of generation 4: protocol-4.md 23."""

import base64
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import activation_status, activations, key_exchange
from powerauth.engine.generations import four
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationKey,
    ActivationState,
    KeySide,
)
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.activation import DeviceExchange, fingerprint
from powerauth.protocol.v4.activation_messages import PublicKeys
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L3, SUITES
from tests.bank import PIN, Bank
from tests.engine.generations_four.phone import Phone4, configure, new_phone

SUITES_KEY = "cryptography_algorithms_supported"


def test_both_sides_have_the_same_keys(each_phone: Phone4) -> None:
    row, keys = each_phone.row, each_phone.keys
    assert stored_keys.derived(row) == keys
    factors = stored_keys.factors(row, biometry=True)
    assert (factors.possession, factors.knowledge.current) == (keys.possession, keys.knowledge)
    assert (factors.biometry, factors.biometry_enabled) == (None, False)
    assert stored_keys.opened(row, "biometry_key") == keys.biometry
    assert stored_keys.public_keys(row, KeySide.SERVER) == each_phone.server_keys
    device = PublicKeys.of(each_phone.device.device_pairs)
    assert stored_keys.public_keys(row, KeySide.DEVICE) == device
    assert row.keys.count() == 2 * len(each_phone.suite.signing)
    assert not row.keys.filter(side=KeySide.DEVICE).exclude(private_key=b"").exists()


def test_the_row_after_the_exchange(each_phone: Phone4) -> None:
    row = each_phone.row
    assert (row.protocol_generation, row.version, row.created_with) == (4, 4, "4.0")
    assert (row.algorithm, row.state, row.counter) == (
        each_phone.suite.name,
        ActivationState.ACTIVE,
        0,
    )
    assert (row.confirmation_pending, row.biometry_enabled, row.pending_suite) == (True, False, "")
    assert (bytes(row.ctr_data_4), len(each_phone.ctr)) == (each_phone.ctr, 32)
    former = (row.server_public_key, row.server_private_key, row.derived_keys, row.ctr_data)
    assert not any(bytes(column) for column in former)
    assert not bytes(row.next_knowledge_key) and not bytes(row.next_biometry_key)
    assert row.name == "phone"


def test_the_fingerprint_of_both_sides(each_phone: Phone4) -> None:
    assert each_phone.server_keys is not None
    expected = fingerprint(
        each_phone.suite,
        device_keys=PublicKeys.of(each_phone.device.device_pairs),
        activation_id=each_phone.activation_id,
        server_keys=each_phone.server_keys,
    )
    assert activation_status.fingerprint(each_phone.row) == expected


def test_a_pair_that_a_former_version_made_goes(bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    Activation.objects.update(server_public_key=b"public", server_private_key=b"private")
    phone.activate(code)
    assert not bytes(phone.row.server_private_key) and not bytes(phone.row.server_public_key)


@pytest.mark.parametrize("name", ["sharedSecretRequest", "devicePublicKeys"])
def test_an_exchange_without_keys_leaves_the_code_as_it_is(bank: Bank, name: str) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    with pytest.raises(EngineRefusal) as refused:
        phone.activate(code, **{name: None})
    assert refused.value.code is ErrorCode.INVALID_REQUEST
    phone.activate(code)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sharedSecretRequest", []),
        ("sharedSecretRequest", {"algorithm": "EC_P384", "encapsulationKeys": ["AAAA"]}),
        ("devicePublicKeys", {"ecdsa": "!"}),
        ("devicePublicKeys", {"ecdsa": "AAAA"}),
        ("devicePublicKeys", DeviceExchange.generate(EC_P384_ML_L3).request.to_json()),
    ],
)
def test_bad_keys_remove_the_activation(bank: Bank, name: str, value: object) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    with pytest.raises(EngineRefusal) as refused:
        phone.activate(code, **{name: value})
    assert refused.value.code is ErrorCode.ACTIVATION_NOT_FOUND
    row = Activation.objects.get()
    assert row.state == ActivationState.REMOVED
    assert not bytes(row.activation_secret) and not ActivationKey.objects.exists()


def test_no_json_object(bank: Bank) -> None:
    with pytest.raises(EngineRefusal) as refused:
        four.GENERATION.key_exchange.read(b"[]")
    assert refused.value.code is ErrorCode.INPUT_FORMAT


def test_trap_26_a_suite_that_the_application_does_not_allow(bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    code = phone.begin()
    phone.ask_temporary_key(Scope.APPLICATION)
    refusing: list[list[Any]] = [["EC_P384_ML_L3", "EC_P384_ML_L5"], ["EC_P256"], [{}]]
    for values in refusing:
        configure(bank.application, SUITES_KEY, values)
        with pytest.raises(EngineRefusal) as refused:
            phone.activate(code)
        assert refused.value.code is ErrorCode.ALGORITHM_NOT_SUPPORTED
        assert Activation.objects.get().state == ActivationState.CREATED
    configure(bank.application, SUITES_KEY, ["EC_P384"])
    phone.activate(code)


@pytest.mark.parametrize("name", ["EC_P256", "ML_L3", "ec_p384", "", None, 4])
def test_a_suite_that_there_is_not(bank: Bank, name: object) -> None:
    phone = new_phone(bank.application, EC_P384)
    asked = {**phone.device.request.shared_secret.to_json(), "algorithm": name}
    with pytest.raises(EngineRefusal):
        phone.activate(phone.begin(), sharedSecretRequest=asked)
    assert not bytes(Activation.objects.get().activation_secret)


def test_an_activation_without_a_code(bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    sealed = phone.seal(phone.offered(), Encryptor.ACTIVATION_LAYER_2)
    request = key_exchange.CreateRequest(user_id="alice", call=sealed.call)
    prepared = key_exchange.create(request, at=timezone.now())
    answer = sealed.answer(prepared.response)
    row = Activation.objects.get()
    assert (answer["activationId"], row.state) == (str(row.id), ActivationState.PENDING_COMMIT)
    assert four.GENERATION.codes.has_keys(row)


def test_keys_open_in_their_own_place_only(each_phone: Phone4) -> None:
    row = each_phone.row
    owners = (row.pk, row.application_id, row.user_id)
    places = {
        "activation_secret": record_places.activation_secret,
        "knowledge_key": record_places.knowledge_key,
        "biometry_key": record_places.biometry_key,
    }
    for column, place in places.items():
        record = getattr(row, column)
        assert len(records.unseal(record, place(*owners))) == 32
        elsewhere = [each(*owners) for name, each in places.items() if name != column]
        elsewhere += [record_places.next_knowledge_key(*owners), place(row.pk, "other", "alice")]
        for other in elsewhere:
            with pytest.raises(records.SecretUnreadable):
                records.unseal(record, other)


def test_private_keys_open_in_their_own_row_only(each_phone: Phone4) -> None:
    strange = new_phone(each_phone.application, each_phone.suite)
    strange.activate(strange.begin())
    row, other = each_phone.row, strange.row
    sizes = [len(key) for _, key in stored_keys.signers(row)]
    assert sizes in ([48], [48, 32])
    for key in other.keys.filter(side=KeySide.SERVER):
        mine = row.keys.get(side=KeySide.SERVER, algorithm=key.algorithm)
        ActivationKey.objects.filter(pk=mine.pk).update(private_key=key.private_key)
    with pytest.raises(records.SecretUnreadable):
        stored_keys.signers(row)


def test_keys_outlive_a_rotation(each_phone: Phone4, settings: Settings) -> None:
    pending = stored_keys.sealed(
        each_phone.row, next_knowledge_key=bytes(32), next_biometry_key=bytes(32)
    )
    Activation.objects.update(biometry_enabled=True, **pending)
    former = settings.MASTER_DB_ENCRYPTION_KEY
    settings.MASTER_DB_ENCRYPTION_KEY = base64.b64encode(bytes(range(32, 64))).decode()
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = former
    call_command("rotate_encryption", verbosity=0)
    settings.MASTER_DB_ENCRYPTION_KEYS_PREVIOUS = ""
    factors = stored_keys.factors(each_phone.row, biometry=True)
    assert factors.knowledge.pending == bytes(32)
    assert factors.biometry is not None and factors.biometry.pending == bytes(32)
    assert len(stored_keys.signers(each_phone.row)) == len(each_phone.suite.signing)
    assert each_phone.sign(knowledge=bytes(32)).valid
    assert each_phone.ask_temporary_key(Scope.ACTIVATION).activation_id == each_phone.activation_id


def test_there_are_no_keys_before_the_exchange(bank: Bank) -> None:
    phone = new_phone(bank.application, EC_P384)
    phone.begin()
    row = Activation.objects.get()
    identity, codes = four.GENERATION.identity, four.GENERATION.codes
    assert not codes.has_keys(row)
    assert identity.fingerprint(row) is None
    assert identity.device_keys(row) == []
    for use in (
        stored_keys.derived,
        identity.server_keys,
        lambda row: identity.status(row, None),
        lambda row: stored_keys.factors(row, biometry=False),
    ):
        with pytest.raises(EngineRefusal) as refused:
            use(row)
        assert refused.value.code is ErrorCode.ACTIVATION_STATE


def test_a_secret_without_factor_keys(phone: Phone4) -> None:
    Activation.objects.update(knowledge_key=b"")
    with pytest.raises(EngineRefusal) as refused:
        stored_keys.factors(phone.row, biometry=False)
    assert refused.value.code is ErrorCode.ACTIVATION_STATE


def test_phones_of_both_generations_live_beside_each_other(bank: Bank, phone: Phone4) -> None:
    former = bank.phone("bob")
    row = bank.activation(former)
    assert (row.protocol_generation, bytes(row.activation_secret)) == (3, b"")
    assert not four.GENERATION.codes.has_keys(row)
    assert former.validate_signature(pin=PIN).ok
    assert phone.sign().valid
    assert activations.find(phone.activation_id) is not None
    assert {suite.name for suite in SUITES} >= {phone.row.algorithm}
    assert ActivationKeys(phone.secret) == stored_keys.derived(phone.row)
