"""What a back end passes on of real phones: each answer is described by its document."""

import pytest

from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor, Scope
from tests.api.integration.activations.test_prepare import preparing
from tests.api.integration.cryptography.test_decryptor import asking, key_request
from tests.api.integration.cryptography.test_tokens import creating
from tests.api.integration.cryptography.test_vault import unlocking
from tests.api.integration.phone_calls import WRONG_PIN, digest, signed
from tests.bank import VERSIONS_OF_3, Bank
from tests.openapi.test_real_requests import BackEnd, accepted


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_encryption_and_tokens(bank: Bank, version: str) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    alice = bank.phone("alice", version=version)
    code = bank.code("bob")
    assert call("activation/prepare", **preparing(bank.blank_phone(version=version), code)[0])
    for encryptor in (Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_GENERIC):
        call("ecies/decryptor", **asking(alice, encryptor)[0])
    call("keystore/create", jwt=key_request(alice, Scope.ACTIVATION))
    call("keystore/remove", id=alice.activation_id)
    call("vault/unlock", **unlocking(alice)[0])
    call("vault/unlock", **{**unlocking(alice)[0], "activationId": "unknown"})
    call("token/create", **creating(alice))
    call("token/validate", **digest(alice))
    call("token/validate", **{**digest(alice), "tokenId": "unknown"})
    call("token/remove", tokenId="unknown", activationId=alice.activation_id)
    assert len(accepted(seen)) == 8


def test_signatures(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    data = {"data": b64(b"contract")}
    of_alice = {"activationId": alice.activation_id}
    call("signature/verify", **signed(alice))
    call("signature/verify", **signed(alice, pin=WRONG_PIN))
    call("signature/verify", **{**signed(alice), "activationId": "unknown"})
    call("signature/ecdsa/sign", **of_alice, **data)
    call("signature/ecdsa/verify", **of_alice, **data, signature=b64(bytes(72)))
    call("signature/offline/personalized/create", **of_alice, data="x")
    of_application = {"applicationId": bank.application.id}
    call("signature/offline/non-personalized/create", **of_application, data="x")
    call("signature/offline/verify", **of_alice, data="x", signature="12345678-12345678")
    assert len(call("signature/list", userId="alice")["items"]) == 3  # type: ignore[arg-type] # a list
    assert len(accepted(seen)) == 7
