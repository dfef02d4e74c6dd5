"""Encrypted requests of protocol 3 in the words of `/rest/v3`: integration-api.md 9.1."""

from typing import Any

from enrollment_server.remote.members import Members
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptedResponse,
    Envelope,
    associated_data,
)
from powerauth.protocol.v3.envelope import ENVELOPE_KEY_SIZE, EnvelopeKey
from powerauth.protocol.versions import traits_of
from powerauth.remote.binary import binary
from powerauth.values import EncryptedCall

_SHARED_INFO2_SIZE = 32  # bytes


def parameters(call: EncryptedCall) -> dict[str, Any]:
    """See `trees.Envelopes`."""
    encrypted = _written(call)
    return {
        "activationId": call.activation_id,
        "applicationKey": call.application_key,
        "temporaryKeyId": encrypted.temporary_key_id,
        "ephemeralPublicKey": b64(encrypted.ephemeral_public_key),
        "nonce": None if encrypted.nonce is None else b64(encrypted.nonce),
        "timestamp": encrypted.timestamp,
        "protocolVersion": call.version,
    }


def request(call: EncryptedCall) -> dict[str, object]:
    """See `trees.Envelopes`."""
    return _written(call).to_json()


def opened(call: EncryptedCall, answer: Members) -> tuple[bytes, Envelope]:
    """See `trees.Envelopes`."""
    encrypted = _written(call)
    envelope = Envelope(
        key=EnvelopeKey.of_bytes(binary(answer, "secretKey", size=ENVELOPE_KEY_SIZE)),
        traits=traits_of(call.version),
        shared_info2_base=binary(answer, "sharedInfo2", size=_SHARED_INFO2_SIZE),
        associated_data=associated_data(
            version=call.version,
            application_key=call.application_key,
            activation_id=call.activation_id,
            temporary_key_id=encrypted.temporary_key_id,
        ),
        request_nonce=encrypted.nonce,
    )
    plaintext = envelope.key.open(
        encrypted.encrypted_data,
        mac=encrypted.mac,
        nonce=encrypted.nonce,
        shared_info2=envelope.request_shared_info2(encrypted),
    )
    return plaintext, envelope


def response(answer: Members, version: str) -> EncryptedResponse:
    """See `trees.Envelopes`."""
    return EncryptedResponse.parse(answer, version)


def _written(call: EncryptedCall) -> EncryptedRequest:
    if not isinstance(call.request, EncryptedRequest):
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED)
    return call.request
