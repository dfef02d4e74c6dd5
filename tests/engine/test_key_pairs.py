"""Signatures by the keys of an activation: protocol.md 10.4."""

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.signatures import key_pairs
from powerauth.engine.signatures.key_pairs import Kind
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.phone.phone import Phone
from powerauth.protocol.keys import der_to_jose, verify
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.primitives.signing import ECDSA_P256
from tests.bank import PIN

DATA = b"contract"


def test_signature_of_the_device_in_both_forms(alice: Phone, bob: Phone) -> None:
    der = alice.sign_with_device_key(DATA, PIN)
    jose = der_to_jose(der)
    assert key_pairs.verify(alice.activation_id, DATA, der)
    assert key_pairs.verify(alice.activation_id, DATA, jose, jose=True)
    assert not key_pairs.verify(alice.activation_id, DATA, jose)
    assert not key_pairs.verify(alice.activation_id, DATA, der, jose=True)
    assert not key_pairs.verify(alice.activation_id, DATA + b".", der)
    assert not key_pairs.verify(bob.activation_id, DATA, der)


@pytest.mark.parametrize("signature", [b"", b"\x00", b"x" * 64, bytes(64), bytes(72)])
@pytest.mark.parametrize("jose", [True, False])
def test_garbage_is_no_signature(alice: Phone, signature: bytes, jose: bool) -> None:
    assert key_pairs.verify(alice.activation_id, DATA, signature, jose=jose) is False


@pytest.mark.parametrize("state", [1, 2, 4, 5])
def test_reference_defect_state_is_not_looked_at(alice: Phone, state: int) -> None:
    der = alice.sign_with_device_key(DATA, PIN)
    Activation.objects.update(state=state)
    assert not key_pairs.verify(alice.activation_id, DATA, der)
    with pytest.raises(EngineRefusal) as refusal:
        key_pairs.sign(alice.activation_id, DATA)
    assert refusal.value.code is ErrorCode.ACTIVATION_STATE


def test_unknown_activation(db: None) -> None:
    assert not key_pairs.verify("x", DATA, bytes(72))
    with pytest.raises(EngineRefusal) as refusal:
        key_pairs.sign("x", DATA)
    assert refusal.value.code is ErrorCode.ACTIVATION_NOT_FOUND


def test_signature_of_the_server(alice: Phone) -> None:
    signature = key_pairs.sign(alice.activation_id, DATA)[Kind.ECDSA]
    assert verify(alice.enrolment_3.server_public_key, DATA, signature)
    lifecycle.remove(alice.activation_id, at=timezone.now())
    with pytest.raises(EngineRefusal):
        key_pairs.sign(alice.activation_id, DATA)


def test_protocol_3_has_ecdsa_alone(alice: Phone) -> None:
    assert set(key_pairs.sign(alice.activation_id, DATA)) == {Kind.ECDSA}
    assert not key_pairs.verify(alice.activation_id, DATA, bytes(3309), kind=Kind.MLDSA)
    text = key_pairs.sign_jws(alice.activation_id, DATA)
    public = [(ECDSA_P256, alice.enrolment_3.server_public_key)]
    assert jws.verify_payload(text, public) == DATA
    with pytest.raises(EngineRefusal) as refusal:
        key_pairs.sign_compact_jws(alice.activation_id, DATA, kind=Kind.MLDSA)
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
