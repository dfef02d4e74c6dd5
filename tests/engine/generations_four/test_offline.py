"""Texts of QR codes of generation 4: protocol-4.md 31."""

import pytest
from django.utils import timezone

from powerauth.engine.applications import master_keys
from powerauth.engine.generations import four
from powerauth.engine.signatures import offline
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import MasterKeyPair
from powerauth.protocol.encoding import b64
from powerauth.protocol.offline_text import build_offline_data
from powerauth.protocol.v4.keys import ActivationKeys
from powerauth.protocol.v4.offline import parse_payload
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4

DATA = build_offline_data("id", "Payment", "To the grocer", "A1*A100CZK", "B")
SEED = b64(bytes(16))


def test_a_text_for_one_phone(each_phone: Phone4) -> None:
    check = offline.ProximityCheck(seed=SEED, step_s=30)
    made = offline.personalized(each_phone.activation_id, DATA, proximity=check, at=timezone.now())
    master = master_keys.public_key(each_phone.application.id, ECDSA_P384)
    payload = parse_payload(made.offline_data)
    assert (payload.key_id, payload.nonce_b64) == ("2", made.nonce)
    assert payload.totp
    assert payload.verify(keys=each_phone.keys, master_public_key=master)
    assert not payload.verify(keys=ActivationKeys(bytes(32)), master_public_key=master)


def test_a_text_for_all_phones(bank: Bank, phone: Phone4) -> None:
    application = bank.application
    made = offline.non_personalized(application.id, DATA, generation=four.GENERATION)
    payload = parse_payload(made.offline_data)
    assert payload.key_id == "0"
    master = master_keys.public_key(application.id, ECDSA_P384)
    assert payload.verify(keys=phone.keys, master_public_key=master)


def test_an_application_without_a_key_of_generation_4(bank: Bank) -> None:
    MasterKeyPair.objects.filter(algorithm="ECDSA_P384").delete()
    with pytest.raises(EngineRefusal) as refused:
        offline.non_personalized(bank.application.id, DATA, generation=four.GENERATION)
    assert refused.value.code is ErrorCode.NO_MASTER_KEY_PAIR


def test_a_malformed_nonce(phone: Phone4) -> None:
    with pytest.raises(EngineRefusal) as refused:
        offline.personalized(phone.activation_id, DATA, nonce="!", at=timezone.now())
    assert refused.value.code is ErrorCode.INVALID_REQUEST
