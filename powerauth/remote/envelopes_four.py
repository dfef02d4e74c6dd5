"""Encrypted requests of protocol 4.0 in the words of `/rest/v4`: protocol-4.md 34.3."""

from typing import Any

from enrollment_server.remote.members import Members
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.encoding import b64
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest, EncryptedResponse
from powerauth.protocol.v4.encryption import DerivedContext, Envelope, open_request
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE
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
        "nonce": b64(encrypted.nonce),
        "timestamp": encrypted.timestamp,
        "protocolVersion": call.version,
    }


def request(call: EncryptedCall) -> dict[str, object]:
    """See `trees.Envelopes`."""
    return _written(call).to_json()


def opened(call: EncryptedCall, answer: Members) -> tuple[bytes, Envelope]:
    """See `trees.Envelopes`."""
    context = DerivedContext(
        encryptor=call.encryptor,
        application_key=call.application_key,
        activation_id=call.activation_id,
        shared_info2=binary(answer, "sharedInfo2", size=_SHARED_INFO2_SIZE),
    )
    key = binary(answer, "secretKey", size=KEY_SIZE)
    return open_request(_written(call), context=context, key=key)


def response(answer: Members, version: str) -> EncryptedResponse:
    """See `trees.Envelopes`."""
    return EncryptedResponse.parse(answer)


def _written(call: EncryptedCall) -> EncryptedRequest:
    if not isinstance(call.request, EncryptedRequest):
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED)
    return call.request
