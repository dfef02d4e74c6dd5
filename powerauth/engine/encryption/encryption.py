"""Opening end-to-end encrypted requests: protocol.md 5, integration-api.md 9.1 and 9.5.

Checks run in this order: version of the application, activation, recipient key, MAC, replay,
decryption. The replay memory is written only for requests whose MAC was right, so that garbage
cannot fill it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import recipient_keys, replay
from powerauth.engine.encryption.cryptography import (
    CURRENT_GENERATION,
    Cryptography,
    cryptography_of,
)
from powerauth.engine.signatures import version_floor
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.encryption import (
    EncryptedResponse,
    EncryptionContext,
    Envelope,
    Scope,
    replay_key,
)
from powerauth.protocol.versions import traits_of
from powerauth.rules import FRESH, invalid
from powerauth.values import EncryptedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCall:
    """The plaintext of a request, and the envelope that encrypts its answer."""

    plaintext: bytes
    envelope: Envelope
    version: ApplicationVersion
    activation: Activation | None = None


def open_call(call: EncryptedCall, *, at: datetime) -> OpenedCall:
    """Check and decrypt a request of either scope.

    Raises:
        EngineRefusal: APPLICATION_NOT_FOUND, ACTIVATION_NOT_FOUND, ACTIVATION_STATE,
            TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR, DECRYPTION_FAILED; INVALID_REQUEST for a
            request that was used before, whose time is out of range or whose version is below the
            activation's own.
    """
    activation = _active(call) if call.encryptor.scope is Scope.ACTIVATION else None
    version = applications.supported_version(call.application_key)
    if version is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    if activation is not None and activation.application_id != version.application_id:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return _open(call, version, activation, at=at)


def open_for(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> OpenedCall:
    """Decrypt a request whose application version and activation the caller has checked.

    Raises:
        EngineRefusal: as `open_call`, from the recipient key on.
    """
    return _open(call, version, activation, at=at)


def _active(call: EncryptedCall) -> Activation:
    activation = activations.find(call.activation_id or "")
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    if not version_floor.admits(activation, call.version, use="encryption"):
        raise invalid("protocolVersion", "must not be below that of the activation")
    return activation


def receive(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> Envelope:
    """Derive the envelope of a request that somebody else decrypts; its MAC is not looked at.

    Raises:
        EngineRefusal: TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR, DECRYPTION_FAILED.
    """
    private_key = _recipient_key(call, version, activation, at=at)
    try:
        return _cryptography(activation).receive_envelope(
            call.request, context=_context(call, version, activation), private_key=private_key
        )
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error


def use_once(call: EncryptedCall, *, at: datetime) -> None:
    """Remember a request that nobody decrypts here.

    Raises:
        EngineRefusal: INVALID_REQUEST for one that was used before or whose time is out of range.
    """
    if call.request.timestamp is None:
        return
    expires_at = _horizon(call.request.timestamp, at=at)
    # A request with a time and no nonce fits no version and is refused for that.
    if call.request.nonce is not None:
        _remember(call, expires_at=expires_at)


def _open(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> OpenedCall:
    expires_at = _replay_horizon(call, at=at)
    private_key = _recipient_key(call, version, activation, at=at)
    try:
        plaintext, envelope = _cryptography(activation).open_request(
            call.request, context=_context(call, version, activation), private_key=private_key
        )
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error
    if expires_at is not None:
        _remember(call, expires_at=expires_at)
    return OpenedCall(
        plaintext=plaintext, envelope=envelope, version=version, activation=activation
    )


def _cryptography(activation: Activation | None) -> Cryptography:
    return cryptography_of(activation.protocol_generation if activation else CURRENT_GENERATION)


def _context(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None
) -> EncryptionContext:
    return EncryptionContext(
        version=call.version,
        encryptor=call.encryptor,
        application_key=call.application_key,
        application_secret=version.application_secret,
        activation_id=call.activation_id,
        transport_key=_transport_key(activation),
    )


def _remember(call: EncryptedCall, *, expires_at: datetime) -> None:
    unique = replay_key(call.request, call.activation_id)
    if not replay.remember(unique, expires_at=expires_at):
        raise invalid("timestamp", FRESH)


def _transport_key(activation: Activation | None) -> bytes | None:
    if activation is None:
        return None
    derived_keys = unseal_derived_keys(activation)
    return cryptography_of(activation.protocol_generation).transport_key(derived_keys)


def unseal_derived_keys(activation: Activation) -> bytes:
    """Give the factor, transport and vault keys of an activation that has exchanged keys.

    Raises:
        EngineRefusal: ACTIVATION_STATE for one that has not, whatever a back end made of its state.
    """
    if not activation.derived_keys:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    place = record_places.derived_keys(activation.id, activation.application_id, activation.user_id)
    return records.unseal(activation.derived_keys, place)


def unseal_server_key(activation: Activation) -> bytes:
    """Give the server private key of an activation."""
    place = record_places.server_key(activation.id, activation.application_id, activation.user_id)
    return records.unseal(activation.server_private_key, place)


def _replay_horizon(call: EncryptedCall, *, at: datetime) -> datetime | None:
    """Check the time of a request; give until when it has to be remembered, None: not at all."""
    if not traits_of(call.version).replay_checked or call.request.timestamp is None:
        return None
    return _horizon(call.request.timestamp, at=at)


def _horizon(timestamp: int, *, at: datetime) -> datetime:
    sent_at = time_of(timestamp)
    if sent_at is None or not at - policy.request_past() <= sent_at <= at + policy.request_future():
        raise invalid("timestamp", FRESH)
    return sent_at + policy.request_past() + policy.request_future()


def time_of(milliseconds: int) -> datetime | None:
    """Give the instant of a wire timestamp, None if it lies outside of the calendar."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def milliseconds_of(at: datetime) -> int:
    """Give the wire timestamp of an instant."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _recipient_key(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> bytes:
    # Exactly the versions that have temporary keys name one.
    if call.request.temporary_key_id is not None:
        return _temporary_key(call, activation, at=at)
    if activation is not None:
        return unseal_server_key(activation)
    return applications.master_keys(version.application_id).pair.private_key


def _temporary_key(call: EncryptedCall, activation: Activation | None, *, at: datetime) -> bytes:
    """Find the key that the request names; its application key and activation must both match."""
    row = recipient_keys.find(
        call.request.temporary_key_id or "",
        application_key=call.application_key,
        activation_id=activation.id if activation else None,
        at=at,
    )
    if row is None:
        raise EngineRefusal(ErrorCode.TEMPORARY_KEY_MISSING)
    place = record_places.temporary_key(row.id, row.application_key, row.activation_id)
    return records.unseal(row.private_key, place)


def seal(opened: OpenedCall, payload: object, *, at: datetime) -> EncryptedResponse:
    """Encrypt a JSON payload as the answer to an opened request."""
    return opened.envelope.seal_response(
        json.dumps(payload).encode("utf-8"), timestamp=milliseconds_of(at)
    )
