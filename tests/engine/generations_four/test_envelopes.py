"""End-to-end encryption of generation 4: protocol-4.md 21."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.encryption import OpenedCall
from powerauth.engine.generations import choice, four
from powerauth.engine.generations.values import EnvelopeParameters
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, TemporaryKey, UniqueValue
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.v4.encryption import replay_key
from powerauth.values import EncryptedCall
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, Sealed, new_phone

OF_GENERATION_4 = [each for each in Encryptor if 4 in each.generations]
EACH_ENCRYPTOR = pytest.mark.parametrize("encryptor", OF_GENERATION_4, ids=lambda each: each.name)
ENVELOPES = four.GENERATION.envelopes


def opened(call: EncryptedCall) -> OpenedCall:
    return encryption.open_call(call, at=timezone.now())


def refusal_of(call: EncryptedCall) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refused:
        opened(call)
    return refused.value.code


def generic(phone: Phone4, **other: Any) -> Sealed:
    return phone.seal({"a": 1}, Encryptor.ACTIVATION_GENERIC, **other)


@EACH_ENCRYPTOR
def test_both_directions(each_phone: Phone4, encryptor: Encryptor) -> None:
    sealed = each_phone.seal({"question": "?"}, encryptor)
    got = opened(sealed.call)
    assert got.plaintext == b'{"question": "?"}'
    response = encryption.seal(got, {"answer": "!"}, at=timezone.now())
    assert sealed.answer(response) == {"answer": "!"}


def test_a_request_as_it_travels(phone: Phone4) -> None:
    call = generic(phone).call
    read = ENVELOPES.read(call.request.to_json(), "4.0")
    assert opened(replace(call, request=read)).plaintext
    with pytest.raises(MalformedEnvelope):
        ENVELOPES.read({**call.request.to_json(), "mac": "AAAA"}, "4.0")


def test_a_request_is_used_once(phone: Phone4) -> None:
    call = generic(phone).call
    opened(call)
    assert refusal_of(call) is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("seconds", [-290, -310, 290, 310])
def test_time_may_be_five_minutes_off(phone: Phone4, seconds: int) -> None:
    phone.ask_temporary_key(Scope.ACTIVATION)
    sent_at = timezone.now() + timedelta(seconds=seconds)
    call = generic(phone, at=sent_at).call
    if abs(seconds) > 300:
        assert refusal_of(call) is ErrorCode.INVALID_REQUEST
        return
    UniqueValue.objects.all().delete()
    opened(call)
    kept = UniqueValue.objects.get().expires_at - sent_at
    assert timedelta(minutes=9, seconds=59) < kept <= timedelta(minutes=10)


def test_altered_requests(phone: Phone4) -> None:
    call = generic(phone).call
    request: Any = call.request
    data = request.encrypted_data
    altered = [
        replace(call, request=replace(request, encrypted_data=data[:-1] + bytes([data[-1] ^ 1]))),
        replace(call, request=replace(request, timestamp=request.timestamp + 1)),
        replace(call, request=replace(request, nonce=request.nonce[:12] + bytes(12))),
        replace(call, encryptor=Encryptor.CREATE_TOKEN),
        replace(call, activation_id=phone.activation_id.upper()),
    ]
    for each in altered:
        assert refusal_of(each) is ErrorCode.DECRYPTION_FAILED
    # Nothing that fails is remembered.
    assert opened(call).plaintext


def test_who_does_not_know_the_secrets(phone: Phone4) -> None:
    phone.ask_temporary_key(Scope.ACTIVATION)
    for other in ({"application_secret": b64(bytes(16))}, {"shared_info2_key": bytes(32)}):
        assert refusal_of(generic(phone, **other).call) is ErrorCode.DECRYPTION_FAILED


def test_a_key_of_another_activation_scope_or_suite(phone: Phone4, bank: Bank) -> None:
    strange = new_phone(bank.application, phone.suite)
    strange.activate(strange.begin())
    strange.ask_temporary_key(Scope.ACTIVATION)
    phone.ask_temporary_key(Scope.ACTIVATION)
    own = phone.temporary[Scope.ACTIVATION]
    for key in (strange.temporary[Scope.ACTIVATION], phone.temporary[Scope.APPLICATION]):
        phone.temporary[Scope.ACTIVATION] = key
        assert refusal_of(generic(phone).call) is ErrorCode.TEMPORARY_KEY_MISSING
    phone.temporary[Scope.ACTIVATION] = own
    call = generic(phone).call
    for suite in ("EC_P256", "EC_P384_ML_L3"):
        TemporaryKey.objects.filter(pk=own[0]).update(algorithm=suite)
        assert refusal_of(call) is ErrorCode.TEMPORARY_KEY_MISSING


def test_a_temporary_key_of_generation_3_serves_no_application(bank: Bank) -> None:
    phone = new_phone(bank.application, four.allowed_suites.of(bank.application.id)[0])
    call = phone.seal({}, Encryptor.APPLICATION_GENERIC).call
    TemporaryKey.objects.update(algorithm="EC_P256")
    assert refusal_of(call) is ErrorCode.TEMPORARY_KEY_MISSING


def test_states(phone: Phone4) -> None:
    call = generic(phone).call
    Activation.objects.update(state=ActivationState.BLOCKED)
    assert refusal_of(call) is ErrorCode.ACTIVATION_STATE


def test_a_request_of_the_other_generation(bank: Bank, phone: Phone4) -> None:
    call = generic(phone).call
    former = bank.phone("bob")
    version, row = phone.version, phone.row
    with pytest.raises(MalformedEnvelope):
        choice.THREE.envelopes.open(call, version, None, at=timezone.now())
    strange, _ = former.seal(b"{}", Encryptor.ACTIVATION_GENERIC)
    with pytest.raises(MalformedEnvelope):
        ENVELOPES.open(replace(call, request=strange), version, row, at=timezone.now())


def test_activation_scope_needs_an_activation(phone: Phone4) -> None:
    with pytest.raises(MalformedEnvelope):
        ENVELOPES.open(generic(phone).call, phone.version, None, at=timezone.now())


def test_used_values_begin_with_their_kind(phone: Phone4) -> None:
    call = generic(phone).call
    request: Any = call.request
    value = ENVELOPES.replay_value(call)
    assert value == b"AEAD" + replay_key(request)
    upper = replace(request, temporary_key_id=request.temporary_key_id.upper())
    assert ENVELOPES.replay_value(replace(call, request=upper)) == value


@pytest.mark.parametrize("encryptor", [Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_GENERIC])
def test_secrets_for_who_decrypts_alone(each_phone: Phone4, encryptor: Encryptor) -> None:
    sealed = each_phone.seal({}, encryptor)
    request: Any = sealed.call.request
    parameters = EnvelopeParameters(
        application_key=sealed.call.application_key,
        ephemeral_public_key=None,
        version="4.0",
        activation_id=sealed.call.activation_id,
        temporary_key_id=request.temporary_key_id,
        nonce=request.nonce,
        timestamp=request.timestamp,
    )
    call = replace(sealed.call, request=ENVELOPES.unseen(parameters))
    activation = each_phone.row if sealed.call.activation_id else None
    secrets = encryption.secrets_of(call, each_phone.version, activation, at=timezone.now())
    assert secrets.envelope_key == sealed.envelope.key
    assert secrets.shared_info2_base == sealed.envelope.shared_info2
    assert ENVELOPES.replay_value(call) == ENVELOPES.replay_value(sealed.call)
    for change in (
        {"ephemeral_public_key": b"\x02"},
        {"nonce": None},
        {"nonce": bytes(16)},
        {"timestamp": None},
        {"temporary_key_id": None},
        {"temporary_key_id": "x"},
    ):
        with pytest.raises(MalformedEnvelope):
            ENVELOPES.unseen(replace(parameters, **change))
