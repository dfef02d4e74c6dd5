"""End-to-end encryption under temporary keys that both sides share. Source: protocol-4.md 21."""

from datetime import datetime

from powerauth.engine.encryption import recipient_keys
from powerauth.engine.generations.four import stored_keys, times
from powerauth.engine.generations.values import EnvelopeParameters, EnvelopeSecrets, Window
from powerauth.models import Activation, ApplicationVersion
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.v4 import encryption as aead
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest
from powerauth.protocol.v4.encryption import EncryptionContext, Envelope
from powerauth.protocol.v4.primitives.aead import NONCE_SIZE, TAG_SIZE
from powerauth.protocol.v4.suites import SUITES
from powerauth.values import EncryptedCall

KIND = b"AEAD"  # of used values
_SUITES = frozenset(suite.name for suite in SUITES)


def read(payload: object, version: str) -> EncryptedRequest:
    """See `Envelopes`."""
    return EncryptedRequest.parse(payload)


def open(
    call: EncryptedCall,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> tuple[bytes, Envelope]:
    """See `Envelopes`."""
    return aead.open_request(
        _request(call),
        context=_context(call, version, activation),
        key=_temporary_key(call, activation, at=at),
    )


def secrets(
    call: EncryptedCall,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> EnvelopeSecrets:
    """See `Envelopes`."""
    return EnvelopeSecrets(
        envelope_key=_temporary_key(call, activation, at=at),
        shared_info2_base=_context(call, version, activation).shared_info2,
    )


def unseen(parameters: EnvelopeParameters) -> EncryptedRequest:
    """See `Envelopes`."""
    if parameters.ephemeral_public_key:
        raise MalformedEnvelope("a key of generation 3")
    if parameters.temporary_key_id is None or parameters.timestamp is None:
        raise MalformedEnvelope("a parameter is absent")
    nonce = parameters.nonce or b""
    return EncryptedRequest(
        temporary_key_id=parameters.temporary_key_id,
        # The keys do not depend on the message, which begins with half of the nonce.
        encrypted_data=nonce[:NONCE_SIZE] + bytes(TAG_SIZE),
        nonce=nonce,
        timestamp=parameters.timestamp,
    )


def window() -> Window:
    """See `Envelopes`."""
    return times.WINDOW


def replay_value(call: EncryptedCall) -> bytes | None:
    """See `Envelopes`."""
    return KIND + aead.replay_key(_request(call))


def _request(call: EncryptedCall) -> EncryptedRequest:
    if not isinstance(call.request, EncryptedRequest):
        raise MalformedEnvelope("a request of another generation")
    return call.request


def _context(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None
) -> EncryptionContext:
    return EncryptionContext(
        encryptor=call.encryptor,
        application_key=call.application_key,
        application_secret=version.application_secret,
        activation_id=call.activation_id,
        shared_info2_key=stored_keys.derived(activation).shared_info2 if activation else None,
    )


def _temporary_key(call: EncryptedCall, activation: Activation | None, *, at: datetime) -> bytes:
    suites = _SUITES if activation is None else {activation.algorithm}
    return recipient_keys.secret(call, activation, suites=suites, at=at)
