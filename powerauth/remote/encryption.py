"""Encrypted requests, opened here with keys of the other server, or there: integration-api.md 9."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from enrollment_server.remote.members import Members, WrongShape, flag, members, text
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptedResponse,
    Encryptor,
    Envelope,
    associated_data,
)
from powerauth.protocol.v3.envelope import ENVELOPE_KEY_SIZE, EnvelopeKey
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.versions import traits_of
from powerauth.remote.binary import binary
from powerauth.remote.calls import call
from powerauth.values import EncryptedCall, SignedRequest, UnlockedVault

T = TypeVar("T")
_SHARED_INFO2_SIZE = 32  # bytes
GENERIC = frozenset({Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_GENERIC})


def open_generic(request: EncryptedCall) -> tuple[bytes, Envelope]:
    """Decrypt a request to a generic encryptor; the server gives its keys once.

    Raises:
        EngineRefusal: the server refuses, or DECRYPTION_FAILED: the MAC does not match.
        RemoteFailure: there is no answer.
    """
    envelope = call("ecies/decryptor", _parameters(request), partial(_envelope, request))
    encrypted = _written_in_3(request)
    try:
        plaintext = envelope.key.open(
            encrypted.encrypted_data,
            mac=encrypted.mac,
            nonce=encrypted.nonce,
            shared_info2=envelope.request_shared_info2(encrypted),
        )
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error
    return plaintext, envelope


def exchange(
    method: str, request: EncryptedCall, asked: Mapping[str, Any], read: Callable[[Members], T]
) -> tuple[T, EncryptedResponse]:
    """Have the server open a request; give what it says, and what it has encrypted for the phone.

    Args:
        method: such as `activation/prepare`.
        asked: members beside the envelope.
        read: makes a value of the answer; raises WrongShape.
    """

    def read_both(answer: object) -> tuple[T, EncryptedResponse]:
        source = members(answer)
        return read(source), _sealed(source, request.version)

    whole = {**_sealed_request(request), "protocolVersion": request.version, **asked}
    return call(method, whole, read_both)


def create_token(request: EncryptedCall, signature_type: SignatureType) -> EncryptedResponse:
    """Make a token for the activation of an encrypted request."""
    asked = {"activationId": request.activation_id, "signatureType": signature_type.name}
    _, sealed = exchange("token/create", request, asked, lambda answer: None)
    return sealed


def remove_token(token_id: str, *, activation_id: str) -> bool:
    """Delete a token of this activation; tell whether there was one."""
    asked = {"tokenId": token_id, "activationId": activation_id}
    return call("token/remove", asked, lambda answer: flag(members(answer), "removed"))


def create_temporary_key(jwt: str) -> str:
    """Pass on a signed request for a temporary key, and its signed answer."""
    return call("keystore/create", {"jwt": jwt}, lambda answer: text(members(answer), "jwt"))


def unlock_vault(request: EncryptedCall, signed: SignedRequest) -> UnlockedVault:
    """Have a signature verified, once, and the vault key encrypted for the phone."""

    def read(answer: object) -> UnlockedVault:
        source = members(answer)
        if flag(source, "signatureValid"):
            return UnlockedVault(signature_valid=True, response=_sealed(source, request.version))
        return UnlockedVault(signature_valid=False, reason="refused_by_the_server")

    asked = {
        **_sealed_request(request),
        "activationId": request.activation_id,
        "signedData": signed.bases[0].decode(),
        "signature": signed.signature,
        "signatureType": signed.signature_type.name,
        "signatureVersion": signed.version,
    }
    return call("vault/unlock", asked, read)


def _written_in_3(request: EncryptedCall) -> EncryptedRequest:
    """Give the request itself; the methods of `/rest/v3` know no other generation.

    Raises:
        EngineRefusal: DECRYPTION_FAILED.
    """
    if not isinstance(request.request, EncryptedRequest):
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED)
    return request.request


def _parameters(request: EncryptedCall) -> dict[str, Any]:
    encrypted = _written_in_3(request)
    return {
        "activationId": request.activation_id,
        "applicationKey": request.application_key,
        "temporaryKeyId": encrypted.temporary_key_id,
        "ephemeralPublicKey": b64(encrypted.ephemeral_public_key),
        "nonce": None if encrypted.nonce is None else b64(encrypted.nonce),
        "timestamp": encrypted.timestamp,
        "protocolVersion": request.version,
    }


def _sealed_request(request: EncryptedCall) -> dict[str, Any]:
    return {"applicationKey": request.application_key, **_written_in_3(request).to_json()}


def _envelope(request: EncryptedCall, answer: object) -> Envelope:
    source = members(answer)
    key = binary(source, "secretKey", size=ENVELOPE_KEY_SIZE)
    return Envelope(
        key=EnvelopeKey.of_bytes(key),
        traits=traits_of(request.version),
        shared_info2_base=binary(source, "sharedInfo2", size=_SHARED_INFO2_SIZE),
        associated_data=associated_data(
            version=request.version,
            application_key=request.application_key,
            activation_id=request.activation_id,
            temporary_key_id=request.request.temporary_key_id,
        ),
        request_nonce=request.request.nonce,
    )


def _sealed(source: Members, version: str) -> EncryptedResponse:
    try:
        return EncryptedResponse.parse(source, version)
    except ProtocolError as error:
        raise WrongShape("the envelope does not fit its version") from error
