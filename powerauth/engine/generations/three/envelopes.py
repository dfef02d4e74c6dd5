"""End-to-end encryption by ECIES. Source: protocol.md 5.

The recipient is a temporary key in 3.3, before that the server key of the activation, or the master
key of its application.
"""

from datetime import datetime

from powerauth.engine import policy
from powerauth.engine.applications import master_keys
from powerauth.engine.encryption import recipient_keys
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.generations.values import EnvelopeParameters, EnvelopeSecrets, Window
from powerauth.models import Activation, ApplicationVersion
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.primitives import BLOCK_SIZE
from powerauth.protocol.v3 import encryption as ecies
from powerauth.protocol.v3.encrypted_messages import MAC_SIZE, EncryptedRequest
from powerauth.protocol.v3.encryption import EncryptionContext, Envelope
from powerauth.values import EncryptedCall


def read(payload: object, version: str) -> EncryptedRequest:
    """See `Envelopes`."""
    return EncryptedRequest.parse(payload, version)


def open(
    call: EncryptedCall,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> tuple[bytes, Envelope]:
    """See `Envelopes`."""
    return ecies.open_request(
        _request(call),
        context=_context(call, version, activation),
        recipient_private_key=_recipient_key(call, version, activation, at=at),
    )


def secrets(
    call: EncryptedCall,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> EnvelopeSecrets:
    """See `Envelopes`."""
    recipient_key = _recipient_key(call, version, activation, at=at)
    envelope = ecies.receive_envelope(
        _request(call),
        context=_context(call, version, activation),
        recipient_private_key=recipient_key,
    )
    return EnvelopeSecrets(
        envelope_key=envelope.key.to_bytes(), shared_info2_base=envelope.shared_info2_base
    )


def unseen(parameters: EnvelopeParameters) -> EncryptedRequest:
    """See `Envelopes`."""
    return EncryptedRequest(
        ephemeral_public_key=parameters.ephemeral_public_key or b"",
        # The keys do not depend on the message.
        encrypted_data=bytes(BLOCK_SIZE),
        mac=bytes(MAC_SIZE),
        nonce=parameters.nonce,
        timestamp=parameters.timestamp,
        temporary_key_id=parameters.temporary_key_id,
    )


def window() -> Window:
    """See `Envelopes`."""
    return Window(past=policy.request_past(), future=policy.request_future())


def replay_value(call: EncryptedCall) -> bytes | None:
    """See `Envelopes`; the value of a 3.x server, whose first byte is that of a point."""
    request = _request(call)
    return None if request.nonce is None else ecies.replay_key(request, call.activation_id)


def _request(call: EncryptedCall) -> EncryptedRequest:
    if not isinstance(call.request, EncryptedRequest):
        raise MalformedEnvelope("a request of another generation")
    return call.request


def _context(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None
) -> EncryptionContext:
    return EncryptionContext(
        version=call.version,
        encryptor=call.encryptor,
        application_key=call.application_key,
        application_secret=version.application_secret,
        activation_id=call.activation_id,
        transport_key=stored_keys.derived(activation).transport if activation else None,
    )


def _recipient_key(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> bytes:
    # Exactly the versions that have temporary keys name one.
    if call.request.temporary_key_id is not None:
        return recipient_keys.secret(call, activation, suites={stored_keys.SUITE}, at=at)
    if activation is not None:
        return stored_keys.server_private(activation)
    return master_keys.pair(version.application_id).private_key
