"""Opening end-to-end encrypted requests: protocol.md 5, integration-api.md 9.1 and 9.5.

Checks run in this order: version of the application, activation, its generation, key, MAC, replay,
decryption. The replay memory is written only for requests whose MAC was right, so that garbage
cannot fill it.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from powerauth.engine import minimum_version
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import replay
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.engine.generations.values import EnvelopeSecrets
from powerauth.engine.signatures import version_floor
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.errors import ProtocolError, UnsupportedVersion
from powerauth.protocol.versions import TRAITS
from powerauth.rules import FRESH, invalid
from powerauth.values import EncryptedCall, Envelope, SealedResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCall:
    """The plaintext of a request, and the envelope that encrypts its answer."""

    plaintext: bytes
    envelope: Envelope
    version: ApplicationVersion
    activation: Activation | None = None


def open_call(
    call: EncryptedCall,
    *,
    at: datetime,
    admitted: Collection[ActivationState] = activations.ONLY_ACTIVE,
) -> OpenedCall:
    """Check and decrypt a request of either scope.

    Args:
        admitted: states of the activation; only a request for its status comes in other ones.

    Raises:
        EngineRefusal: APPLICATION_NOT_FOUND, ACTIVATION_NOT_FOUND, ACTIVATION_STATE,
            TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR, DECRYPTION_FAILED; INVALID_REQUEST for a
            request that was used before, whose time is out of range or whose version is below the
            activation's own; VERSION_NOT_SUPPORTED before all of them.
    """
    minimum_version.check(call.version)
    activation = _admitted(call, admitted) if call.encryptor.scope is Scope.ACTIVATION else None
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
        EngineRefusal: VERSION_NOT_SUPPORTED; as `open_call`, from the recipient key on.
    """
    minimum_version.check(call.version)
    return _open(call, version, activation, at=at)


def _admitted(call: EncryptedCall, states: Collection[ActivationState]) -> Activation:
    activation = activations.find(call.activation_id or "")
    if activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    if activation.state not in states:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    if not version_floor.admits(activation, call.version, use="encryption"):
        raise invalid("protocolVersion", "must not be below that of the activation")
    return activation


def secrets_of(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> EnvelopeSecrets:
    """Give the keys of a request that somebody else decrypts; its message is not looked at.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED, TEMPORARY_KEY_MISSING, NO_MASTER_KEY_PAIR,
            DECRYPTION_FAILED.
    """
    minimum_version.check(call.version)
    try:
        envelopes = _generation(call, activation).envelopes
        return envelopes.secrets(call, version, activation, at=at)
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error


def use_once(call: EncryptedCall, *, at: datetime) -> None:
    """Remember a request that nobody decrypts here.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED; INVALID_REQUEST for one that was used before or whose
            time is out of range.
    """
    minimum_version.check(call.version)
    if call.request.timestamp is None:
        return
    expires_at = _horizon(call, call.request.timestamp, at=at)
    _remember(call, expires_at=expires_at)


def _open(
    call: EncryptedCall, version: ApplicationVersion, activation: Activation | None, *, at: datetime
) -> OpenedCall:
    try:
        envelopes = _generation(call, activation).envelopes
        expires_at = _replay_horizon(call, at=at)
        plaintext, envelope = envelopes.open(call, version, activation, at=at)
    except ProtocolError as error:
        raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from error
    if expires_at is not None:
        _remember(call, expires_at=expires_at)
    return OpenedCall(
        plaintext=plaintext, envelope=envelope, version=version, activation=activation
    )


def _generation(call: EncryptedCall, activation: Activation | None) -> Generation:
    """Give the generation of a request, which has to be that of its activation and encryptor.

    Raises:
        UnsupportedVersion: no version of this server, or of another generation.
    """
    generation = choice.of_version(call.version)
    strange = activation is not None and activation.protocol_generation != generation.number
    if strange or generation.number not in call.encryptor.generations:
        raise UnsupportedVersion("a protocol version of another generation")
    return generation


def _remember(call: EncryptedCall, *, expires_at: datetime) -> None:
    unique = choice.of_version(call.version).envelopes.replay_value(call)
    # A request with a time and nothing unique fits no version and is refused for that.
    if unique is not None and not replay.remember(unique, expires_at=expires_at):
        raise invalid("timestamp", FRESH)


def _replay_horizon(call: EncryptedCall, *, at: datetime) -> datetime | None:
    """Check the time of a request; give until when it has to be remembered, None: not at all."""
    if not TRAITS[call.version].replay_checked or call.request.timestamp is None:
        return None
    return _horizon(call, call.request.timestamp, at=at)


def _horizon(call: EncryptedCall, timestamp: int, *, at: datetime) -> datetime:
    sent_at = time_of(timestamp)
    window = choice.of_version(call.version).envelopes.window()
    if sent_at is None or not window.holds(sent_at, at=at):
        raise invalid("timestamp", FRESH)
    return sent_at + window.width


def time_of(milliseconds: int) -> datetime | None:
    """Give the instant of a wire timestamp, None if it lies outside of the calendar."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def milliseconds_of(at: datetime) -> int:
    """Give the wire timestamp of an instant."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def seal(opened: OpenedCall, payload: object, *, at: datetime) -> SealedResponse:
    """Encrypt a JSON payload as the answer to an opened request."""
    return opened.envelope.seal_response(
        json.dumps(payload).encode("utf-8"), timestamp=milliseconds_of(at)
    )
