"""The beginning of an upgrade: protocol-4.md 30.1."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.signatures import signatures
from powerauth.engine.upgrades import start
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationKey,
    ActivationState,
    CallbackEvent,
    KeySide,
)
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import PublicKeys
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L3, available_suites
from powerauth.values import EncryptedCall
from tests.bank import Bank
from tests.engine.generations_four.phone import configure, new_phone
from tests.engine.upgrades.moving import Moving

SUITES_KEY = "cryptography_algorithms_supported"
THREE = (
    *("server_public_key", "server_private_key", "device_public_key", "derived_keys"),
    *("ctr_data", "counter", "version", "protocol_generation", "algorithm", "created_with"),
    *("failed_attempts", "state", "name", "user_id"),
)
FOUR = ("activation_secret", "ctr_data_4", "knowledge_key", "biometry_key", "pending_suite")


def of_three(row: Activation) -> list[object]:
    """Give what a start may not touch."""
    return [
        bytes(value) if isinstance(value, memoryview) else value
        for value in (getattr(row, name) for name in THREE)
    ]


def refusal(action: Callable[[], object]) -> ErrorCode:
    with pytest.raises(EngineRefusal) as caught:
        action()
    return caught.value.code


def asked_by(activation_id: str | None, call: EncryptedCall) -> ErrorCode:
    return refusal(lambda: start.start(activation_id, call, at=timezone.now()))


def assert_nothing_waits(phone: Moving) -> None:
    assert not any(getattr(phone.row, name) for name in FOUR)
    assert not phone.row.keys.exists()


def test_keys_are_stored_beside_those_of_protocol_3(each_phone: Moving) -> None:
    before = of_three(each_phone.row)
    each_phone.start()
    row, new = each_phone.row, each_phone.new
    assert of_three(row) == before
    assert (row.pending_suite, row.biometry_enabled) == (new.suite.name, True)
    assert not row.confirmation_pending
    assert stored_keys.derived(row) == new.keys
    assert stored_keys.opened(row, "knowledge_key") == new.keys.knowledge
    assert stored_keys.opened(row, "biometry_key") == new.keys.biometry
    assert bytes(row.ctr_data_4) == new.ctr
    sides = [(row.side, row.algorithm) for row in row.keys.order_by("id")]
    names = [each.name for each in new.suite.signing]
    assert sides == [(side, name) for side in ("SERVER", "DEVICE") for name in names]


def test_the_phone_has_the_public_keys_that_are_stored(each_phone: Moving) -> None:
    each_phone.start()
    stored = {
        side: [bytes(key.public_key) for key in each_phone.row.keys.filter(side=side)]
        for side in KeySide
    }
    server, device = each_phone.new.server_keys, each_phone.new.device.request.device_keys
    assert server is not None
    for keys, side in ((server, KeySide.SERVER), (device, KeySide.DEVICE)):
        assert [key for _, key in keys.by_algorithm(each_phone.new.suite)] == stored[side]


def test_the_answer_names_no_activation(phone: Moving) -> None:
    assert phone.ask().activation_id is None


def test_without_biometry_its_key_is_forgotten(phone: Moving) -> None:
    phone.start(biometry=False)
    assert (phone.row.biometry_enabled, bytes(phone.row.biometry_key)) == (False, b"")


def test_protocol_3_goes_on_with_its_own_counter(phone: Moving) -> None:
    """Trap 22."""
    phone.start()
    ctr_4, counter = bytes(phone.row.ctr_data_4), phone.row.counter
    for count in (1, 2, 3):
        assert phone.works_as_before()
        assert phone.row.counter == counter + count
    assert bytes(phone.row.ctr_data_4) == ctr_4
    assert phone.old.status().state == ActivationState.ACTIVE


def test_history_tells_of_it_and_callbacks_do_not(phone: Moving) -> None:
    events = CallbackEvent.objects.count()
    phone.start()
    told = ActivationHistory.objects.filter(activation=phone.row).order_by("-id")[0]
    assert (told.event_reason, told.version, told.state) == ("UPGRADE_STARTED", 3, 3)
    assert CallbackEvent.objects.count() == events


def test_a_repeated_start_replaces_the_keys_that_wait(bank: Bank) -> None:
    for first in available_suites():
        phone = Moving.of(bank, first)
        phone.start()
        old_code, secret = phone.code(), bytes(phone.row.activation_secret)
        phone.new.suite = EC_P384
        phone.start(biometry=False)
        assert phone.row.pending_suite == "EC_P384"
        assert bytes(phone.row.activation_secret) != secret
        assert phone.row.keys.count() == 2
        assert PublicKeys.of(phone.new.device.device_pairs).ecdsa in {
            bytes(key.public_key) for key in phone.row.keys.all()
        }
        assert not signatures.verify_online(old_code, at=timezone.now()).valid
        assert phone.confirm().valid


def test_a_start_that_is_never_confirmed_costs_nothing(phone: Moving) -> None:
    phone.ask()
    assert phone.works_as_before()
    phone.ask()
    assert phone.works_as_before()
    phone.start()
    assert phone.confirm().valid
    assert phone.works_as_new()


def test_a_request_is_used_once(phone: Moving) -> None:
    sealed = phone.new.seal(phone.asked(), Encryptor.UPGRADE_START)
    start.start(phone.old.activation_id, sealed.call, at=timezone.now())
    kept = bytes(phone.row.activation_secret)
    assert asked_by(phone.old.activation_id, sealed.call) is ErrorCode.INVALID_REQUEST
    assert bytes(phone.row.activation_secret) == kept


# --- refused where not allowed ------------------------------------------------------------------


def test_it_has_to_be_offered(phone: Moving, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 3
    assert refusal(phone.ask) is ErrorCode.ACTIVATION_STATE
    assert_nothing_waits(phone)


@pytest.mark.parametrize("allowed", [["EC_P384_ML_L5"], ["EC_P256", "EC_P384_ML_L3"]])
def test_the_application_has_to_allow_the_suite(phone: Moving, allowed: list[str]) -> None:
    phone.new.ask_temporary_key(Scope.APPLICATION)
    configure(phone.application, SUITES_KEY, allowed)
    assert refusal(phone.ask) is ErrorCode.ALGORITHM_NOT_SUPPORTED
    assert_nothing_waits(phone)


def test_an_application_of_protocol_3_alone_upgrades_nobody(phone: Moving) -> None:
    phone.new.ask_temporary_key(Scope.APPLICATION)
    configure(phone.application, SUITES_KEY, ["EC_P256"])
    assert refusal(phone.ask) is ErrorCode.ALGORITHM_NOT_SUPPORTED
    assert_nothing_waits(phone)


@pytest.mark.parametrize(
    "state",
    [state for state in ActivationState if state != ActivationState.ACTIVE],
    ids=lambda state: state.name,
)
def test_the_activation_has_to_be_active(phone: Moving, state: ActivationState) -> None:
    Activation.objects.filter(pk=phone.row.pk).update(state=state)
    assert refusal(phone.ask) is ErrorCode.ACTIVATION_STATE
    assert_nothing_waits(phone)


def test_an_activation_that_no_phone_took_has_nothing_to_upgrade(phone: Moving, bank: Bank) -> None:
    bank.code("bob")
    empty = Activation.objects.get(user_id="bob")
    lifecycle.set_state([str(empty.pk)], ActivationState.ACTIVE, at=timezone.now())
    sealed = phone.new.seal(phone.asked(), Encryptor.UPGRADE_START)
    assert asked_by(str(empty.pk), sealed.call) is ErrorCode.ACTIVATION_STATE


def test_an_activation_of_protocol_4_stays_as_it_is(phone: Moving) -> None:
    phone.start()
    keys_of_3 = bytes(phone.row.derived_keys)
    assert phone.confirm().valid
    before = bytes(phone.row.activation_secret)
    assert refusal(phone.ask) is ErrorCode.ACTIVATION_STATE
    # Whatever else is in the row: what it is says the generation.
    Activation.objects.filter(pk=phone.row.pk).update(derived_keys=keys_of_3)
    assert refusal(phone.ask) is ErrorCode.ACTIVATION_STATE
    assert bytes(phone.row.activation_secret) == before
    assert phone.row.pending_suite == ""


def test_the_request_has_to_be_of_the_application_of_the_activation(
    phone: Moving, other_bank: Bank
) -> None:
    stranger = Moving(old=phone.old, new=new_phone(other_bank.application, EC_P384))
    assert refusal(stranger.ask) is ErrorCode.APPLICATION_NOT_FOUND
    assert_nothing_waits(phone)


@pytest.mark.parametrize("activation_id", ["6c3a7ea1-9a5a-4b9c-8b3c-1c2d3e4f5a6b", "nobody"])
def test_an_unknown_activation(phone: Moving, activation_id: str) -> None:
    sealed = phone.new.seal(phone.asked(), Encryptor.UPGRADE_START)
    assert asked_by(activation_id, sealed.call) is ErrorCode.ACTIVATION_NOT_FOUND


def test_no_activation(phone: Moving) -> None:
    sealed = phone.new.seal(phone.asked(), Encryptor.UPGRADE_START)
    assert asked_by(None, sealed.call) is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize(
    "changes",
    [
        {"sharedSecretRequest": None},
        {"sharedSecretRequest": {"algorithm": "EC_P384", "encapsulationKeys": []}},
        {"sharedSecretRequest": {"algorithm": "EC_P384", "encapsulationKeys": ["AAAA"]}},
        {"devicePublicKeys": None},
        {"devicePublicKeys": {"ecdsa": "AAAA"}},
        {"devicePublicKeys": {}},
        {"enableBiometry": None},
        {"enableBiometry": "true"},
        {"enableBiometry": 1},
    ],
    ids=str,
)
def test_a_malformed_request_changes_nothing(phone: Moving, changes: dict[str, Any]) -> None:
    assert refusal(lambda: phone.ask(**changes)) is ErrorCode.INVALID_REQUEST
    assert_nothing_waits(phone)
    assert phone.works_as_before()


def test_keys_of_another_suite_than_is_named(phone: Moving) -> None:
    """Trap 26: the suite of the request is the one of its keys."""
    other = DeviceExchange.generate(EC_P384_ML_L3).request.to_json()
    assert refusal(lambda: phone.ask(**{"devicePublicKeys": other["devicePublicKeys"]})) is (
        ErrorCode.INVALID_REQUEST
    )
    assert_nothing_waits(phone)


def test_anything_but_an_object_is_refused(phone: Moving) -> None:
    sealed = phone.new.seal(["keys"], Encryptor.UPGRADE_START)
    assert asked_by(phone.old.activation_id, sealed.call) is ErrorCode.INPUT_FORMAT


def test_the_body_is_one_of_the_application(phone: Moving) -> None:
    """Trap 21: what is sealed in the scope of an activation does not open."""
    new = phone.new
    new.ask_temporary_key(Scope.APPLICATION)
    new.temporary[Scope.ACTIVATION] = new.temporary[Scope.APPLICATION]
    sealed = new.seal(phone.asked(), Encryptor.ADD_BIOMETRY)
    call = replace(sealed.call, encryptor=Encryptor.UPGRADE_START)
    assert asked_by(phone.old.activation_id, call) is ErrorCode.DECRYPTION_FAILED
    assert_nothing_waits(phone)


def test_the_body_is_sealed_for_this_use(phone: Moving) -> None:
    sealed = phone.new.seal(phone.asked(), Encryptor.ACTIVATION_LAYER_2)
    call = replace(sealed.call, encryptor=Encryptor.UPGRADE_START)
    assert asked_by(phone.old.activation_id, call) is ErrorCode.DECRYPTION_FAILED
    assert_nothing_waits(phone)


def test_keys_of_an_upgrade_are_no_keys_of_an_activation_yet(phone: Moving) -> None:
    """No temporary key of activation scope before the confirmation: protocol-4.md 22.2."""
    phone.start()
    asked = phone.new.ask_temporary_key
    assert refusal(lambda: asked(Scope.ACTIVATION)) is (ErrorCode.ACTIVATION_NOT_FOUND)


def test_two_activations_do_not_touch_each_other(bank: Bank) -> None:
    one, two = Moving.of(bank, EC_P384), Moving.of(bank, EC_P384)
    one.start()
    kept = list(ActivationKey.objects.filter(activation=one.row).values_list("pk", flat=True))
    two.start()
    two.start()
    assert list(one.row.keys.values_list("pk", flat=True)) == kept
    assert one.confirm().valid
