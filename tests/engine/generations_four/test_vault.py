"""The vault of generation 4: protocol-4.md 28."""

import json
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.generations import four
from powerauth.engine.signatures import vault
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, SignatureAudit
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.vault import VaultKey
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK, Phone4, configure

FORBIDDEN = "disable_biometry_unlock_kek_device_private"
DEVICE_KEY = VaultKey.KEK_DEVICE_PRIVATE
REASON = "SIGN_WITH_DEVICE_PRIVATE_KEY"


def unlock(
    phone: Phone4, wish: object, kind: SignatureType = PK, **replaced: bytes
) -> tuple[bool, Any]:
    Activation.objects.update(biometry_enabled=True)
    sealed = phone.seal(wish, Encryptor.VAULT_UNLOCK)
    done = vault.unlock(
        sealed.call,
        phone.signed(kind, resource="/pa/vault/unlock", **replaced),
        at=timezone.now(),
    )
    answer = None if done.response is None else sealed.answer(done.response)
    return done.signature_valid, answer


def wish_of(key: VaultKey = DEVICE_KEY) -> dict[str, str]:
    return {"keyIdentifier": key.value, "reason": REASON}


def refusal_of(phone: Phone4, wish: object, kind: SignatureType = PK) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refused:
        unlock(phone, wish, kind)
    assert phone.row.failed_attempts == phone.row.counter == 0
    return refused.value.code


@pytest.mark.parametrize("key", VaultKey)
def test_every_key(each_phone: Phone4, key: VaultKey) -> None:
    expected = {"vaultEncryptionKey": b64(key.of(each_phone.keys))}
    assert unlock(each_phone, wish_of(key)) == (True, expected)
    assert SignatureAudit.objects.get().additional_info["VAULT_UNLOCKED_REASON"] == REASON


def test_a_wrong_code_gets_no_key(phone: Phone4) -> None:
    nothing = {"vaultEncryptionKey": None}
    assert unlock(phone, wish_of(), knowledge=bytes(32)) == (False, nothing)
    assert phone.row.failed_attempts == 1


def test_keys_for_biometry(phone: Phone4) -> None:
    for key in (DEVICE_KEY, VaultKey.KDK_APP_VAULT_2FA):
        assert unlock(phone, wish_of(key), PB)[0]
    with pytest.raises(EngineRefusal) as refused:
        unlock(phone, wish_of(VaultKey.KDK_APP_VAULT_KNOWLEDGE), PB)
    assert refused.value.code is ErrorCode.INVALID_SIGNATURE
    assert phone.row.counter == 2


@pytest.mark.parametrize("value", [True, "true", "yes", 1, None])
def test_an_application_forbids_biometry(bank: Bank, phone: Phone4, value: object) -> None:
    configure(bank.application, FORBIDDEN, [value])
    assert refusal_of(phone, wish_of(), PB) is ErrorCode.INVALID_SIGNATURE
    phone.ctr = bytes(phone.row.ctr_data_4)
    assert unlock(phone, wish_of(VaultKey.KDK_APP_VAULT_2FA), PB)[0]
    assert unlock(phone, wish_of(), PK)[0]


@pytest.mark.parametrize("value", [False, "false"])
def test_an_application_that_forbids_nothing(bank: Bank, phone: Phone4, value: object) -> None:
    configure(bank.application, FORBIDDEN, [value])
    assert unlock(phone, wish_of(), PB)[0]


@pytest.mark.parametrize("kind", [kind for kind in SignatureType if kind not in (PK, PB)])
def test_other_factors_open_nothing(phone: Phone4, kind: SignatureType) -> None:
    assert refusal_of(phone, wish_of(), kind) is ErrorCode.INVALID_SIGNATURE


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"keyIdentifier": None},
        {"keyIdentifier": "kek_device_private"},
        {"keyIdentifier": ["KEK_DEVICE_PRIVATE"]},
        {"keyIdentifier": "KEK_DEVICE_PRIVATE", "reason": "a b"},
        {"keyIdentifier": "KEK_DEVICE_PRIVATE", "reason": 4},
    ],
)
def test_malformed_wishes(phone: Phone4, wish: object) -> None:
    assert refusal_of(phone, wish) is ErrorCode.INPUT_FORMAT


@pytest.mark.parametrize("wish", [[], "text", 4, None])
def test_what_is_no_object(phone: Phone4, wish: object) -> None:
    assert unlock(phone, wish) == (False, None)
    assert four.GENERATION.vault.read(b"{", PK, phone.row) is None


def test_the_reason_may_be_left_out(phone: Phone4) -> None:
    plaintext = json.dumps({"keyIdentifier": DEVICE_KEY.value}).encode()
    wish = four.GENERATION.vault.read(plaintext, PK, phone.row)
    assert wish is not None and wish.reason == "NOT_SPECIFIED"
