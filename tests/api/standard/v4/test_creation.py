"""`/pa/v4/activation/create`: protocol-4.md 23.1 and 23.2."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import activation_status, lifecycle
from powerauth.models import Activation, ActivationState, CommitPhase
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.activation import fingerprint
from powerauth.protocol.v4.encrypted_messages import EncryptedResponse
from powerauth.protocol.v4.encryption import seal_request
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L5, SUITES
from tests.api.answers import TOO_LARGE, outcome
from tests.api.standard import hooks
from tests.api.standard.v4.phone import WirePhone, opened, to_bytes, wire_phone
from tests.api.standard.v4.wire import NO_ACTIVATION
from tests.bank import Bank
from tests.engine.generations_four import phone as pure_phone
from tests.engine.generations_four.phone import configure

PATH = "/activation/create"


@pytest.fixture
def blank(bank: Bank) -> WirePhone:
    return wire_phone(bank.application, EC_P384)


@pytest.mark.main_path
@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_both_sides_agree(bank: Bank, suite: Any) -> None:
    phone = wire_phone(bank.application, suite)
    phone.activate(phone.begin(commit_phase=CommitPhase.ON_COMMIT))
    row = phone.row
    assert row.state == ActivationState.PENDING_COMMIT
    assert (row.protocol_generation, row.version, row.created_with) == (4, 4, "4.0")
    assert (row.algorithm, row.counter, row.name) == (suite.name, 0, "phone")
    assert row.confirmation_pending and not row.biometry_enabled
    assert bytes(row.ctr_data_4) == phone.ctr
    assert phone.server_keys is not None
    mine = fingerprint(
        suite,
        device_keys=phone.device.request.device_keys,
        activation_id=phone.activation_id,
        server_keys=phone.server_keys,
    )
    assert activation_status.fingerprint(row) == mine


def test_the_answer(blank: WirePhone) -> None:
    code = blank.begin()
    outer, _ = blank.layers(code)
    answer = blank.post_sealed(PATH, outer)
    assert set(answer.json) == {"encryptedData", "timestamp"}
    payload = opened(outer.envelope, answer)
    assert set(payload["activationData"]) == {"encryptedData", "timestamp"}
    assert payload["customAttributes"] == {}


def test_trap_13_the_layers_have_nonces_of_their_own(blank: WirePhone) -> None:
    """Trap 13: same temporary key, and the replay memory is kept for each layer."""
    outer, inner = blank.layers(blank.begin())
    assert outer.call.request.temporary_key_id == inner.call.request.temporary_key_id
    assert outer.call.request.nonce != inner.call.request.nonce
    assert blank.post_sealed(PATH, outer).status == 200


def test_trap_13_no_layer_is_accepted_twice(blank: WirePhone) -> None:
    """Trap 13: neither the whole request, nor its inner layer within a new outer one."""
    first, second = blank.begin(), blank.begin()
    outer, inner = blank.layers(first)
    assert blank.post_sealed(PATH, outer).status == 200
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION
    order = {
        "type": "CODE",
        "identityAttributes": {"code": second},
        "activationData": inner.call.request.to_json(),
    }
    again = blank.seal(order, Encryptor.APPLICATION_GENERIC)
    assert outcome(blank.post_sealed(PATH, again)) == NO_ACTIVATION
    assert Activation.objects.get(activation_code=second).state == ActivationState.CREATED


def test_trap_13_a_nonce_for_both_layers(blank: WirePhone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 13: one nonce under one key is used once, whatever it encrypts."""
    monkeypatch.setattr(pure_phone, "seal_request", partial(seal_request, random=bytes))
    outer, inner = blank.layers(blank.begin())
    monkeypatch.undo()
    assert outer.call.request.nonce == inner.call.request.nonce
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION


@pytest.mark.parametrize("minutes", [-6, 6])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_time_of_either_layer(blank: WirePhone, minutes: int, layer: int) -> None:
    at = timezone.now()
    times = [at, at]
    times[layer] = at + timedelta(minutes=minutes)
    inner = blank.seal(blank.offered(), Encryptor.ACTIVATION_LAYER_2, at=times[1])
    order = {
        "type": "CODE",
        "identityAttributes": {"code": blank.begin()},
        "activationData": inner.call.request.to_json(),
    }
    outer = blank.seal(order, Encryptor.APPLICATION_GENERIC, at=times[0])
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION


def test_a_suite_that_the_application_does_not_allow(bank: Bank, blank: WirePhone) -> None:
    blank.ask_temporary_key(Scope.APPLICATION)
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P384_ML_L5"])
    outer, _ = blank.layers(blank.begin())
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


def test_a_bad_device_key_removes_the_activation(blank: WirePhone) -> None:
    keys = {"ecdsa": b64(bytes(97))}
    outer, _ = blank.layers(blank.begin(), devicePublicKeys=keys)
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.REMOVED


def ordered(blank: WirePhone, kind: str, **identity: str) -> Any:
    """Give the answer to an activation by what the bank's own code understands."""
    inner = blank.seal(blank.offered(), Encryptor.ACTIVATION_LAYER_2)
    order = {
        "type": kind,
        "identityAttributes": identity,
        "customAttributes": {"any": [1.10, None]},
        "activationData": inner.call.request.to_json(),
    }
    outer = blank.seal(order, Encryptor.APPLICATION_GENERIC)
    answer = blank.post_sealed(PATH, outer)
    if answer.status != 200:
        return answer
    payload = opened(outer.envelope, answer)
    sealed = EncryptedResponse.parse(payload["activationData"])
    blank.accept(json.loads(inner.envelope.open_response(sealed)))
    return payload


@pytest.mark.parametrize("kind", ["DIRECT", "CUSTOM"])
def test_by_the_code_of_the_bank(blank: WirePhone, settings: Settings, kind: str) -> None:
    hooks.forget()
    settings.ACTIVATION_PROVIDER_HOOK = "tests.api.standard.hooks.ByPassword"
    refused = ordered(blank, kind, username="carol", password="wrong")
    assert outcome(refused) == NO_ACTIVATION
    payload = ordered(blank, kind, username="carol", password=hooks.PASSWORD)
    assert payload["customAttributes"]["state"] == "PENDING_COMMIT"
    assert payload["userInfo"]["sub"] == "carol"
    row = blank.row
    assert (row.user_id, row.state, row.max_failed_attempts) == ("carol", 3, 3)
    assert (row.protocol_generation, row.algorithm) == (4, "EC_P384")
    assert row.confirmation_pending
    assert blank.validate().ok
    assert [facts.activation_id for _, facts in hooks.committed] == [blank.activation_id]


def test_an_otp_at_the_exchange(blank: WirePhone) -> None:
    wanted = {"otp": "12345678", "commit_phase": CommitPhase.ON_KEY_EXCHANGE}
    code = blank.begin(**wanted)
    for otp in ("00000000", ""):
        outer, _ = blank.layers(code, activationOtp=otp)
        assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION
    assert Activation.objects.get().failed_attempts == 1
    blank.activate(code, activationOtp="12345678")
    assert (blank.row.state, blank.row.failed_attempts) == (ActivationState.ACTIVE, 0)
    assert blank.confirm().ok


def test_an_otp_at_the_commit(blank: WirePhone) -> None:
    code = blank.begin(otp="12345678", commit_phase=CommitPhase.ON_COMMIT)
    blank.activate(code)
    assert blank.confirm(enable_biometry=True).ok
    lifecycle.commit(blank.activation_id, otp_text="12345678", at=timezone.now())
    assert (blank.row.state, blank.row.biometry_enabled) == (ActivationState.ACTIVE, True)
    assert blank.validate().ok


@pytest.mark.parametrize("kind", ["RECOVERY", "CUSTOM", "code", None])
def test_other_types(blank: WirePhone, kind: str | None) -> None:
    inner = blank.seal(blank.offered(), Encryptor.ACTIVATION_LAYER_2)
    order = {
        "type": kind,
        "identityAttributes": {"code": blank.begin()},
        "activationData": inner.call.request.to_json(),
    }
    outer = blank.seal(order, Encryptor.APPLICATION_GENERIC)
    assert outcome(blank.post_sealed(PATH, outer)) == NO_ACTIVATION


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b'{"encryptedData":"AA=="}'])
def test_malformed_bodies(blank: WirePhone, body: bytes) -> None:
    headers = blank.encryption_header(Scope.APPLICATION)
    assert outcome(blank.post(PATH, body, headers)) == NO_ACTIVATION


@pytest.mark.parametrize("member", ["ephemeralPublicKey", "mac"])
def test_members_of_another_generation(blank: WirePhone, member: str) -> None:
    outer, _ = blank.layers(blank.begin())
    body = {**outer.call.request.to_json(), member: b64(bytes(33))}
    headers = blank.encryption_header(Scope.APPLICATION)
    assert outcome(blank.post(PATH, body, headers)) == NO_ACTIVATION


def test_without_a_header(blank: WirePhone) -> None:
    outer, _ = blank.layers(blank.begin())
    assert outcome(blank.post_sealed(PATH, outer, headers={})) == NO_ACTIVATION
    blank.activation_id = "49414e31-f3df-4cea-87e6-f214ca3b8412"
    headers = blank.encryption_header(Scope.ACTIVATION)
    assert outcome(blank.post_sealed(PATH, outer, headers=headers)) == NO_ACTIVATION


def test_each_generation_activates_at_its_own_path(bank: Bank, blank: WirePhone) -> None:
    outer, _ = blank.layers(blank.begin())
    answer = blank.server.post(
        "/pa/v3/activation/create",
        to_bytes(outer.call.request.to_json()),
        blank.encryption_header(Scope.APPLICATION),
    )
    assert outcome(answer) == NO_ACTIVATION
    of_3: Phone = bank.blank_phone()
    sealed, _ = of_3.seal(b"{}", Encryptor.APPLICATION_GENERIC)
    headers = {"X-PowerAuth-Encryption": of_3.encryption_header(Scope.APPLICATION).format()}
    assert outcome(blank.post(PATH, sealed.to_json(), headers)) == NO_ACTIVATION


def test_trap_28_an_exchange_of_the_highest_level_fits(bank: Bank, settings: Settings) -> None:
    phone = wire_phone(bank.application, EC_P384_ML_L5)
    outer, _ = phone.layers(phone.begin())
    size = len(to_bytes(outer.call.request.to_json()))
    assert 11_500 / 1.3 < size < 11_500 * 1.3
    assert phone.post_sealed(PATH, outer).status == 200
    assert outcome(phone.post(PATH, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))) == TOO_LARGE
