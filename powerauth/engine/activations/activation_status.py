"""The status of an activation, for phones and back ends: protocol.md 9, protocol-4.md 27."""

from datetime import datetime

from django.db import transaction

from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.status_blob import random_status
from powerauth.rules import given, invalid
from powerauth.values import EncryptedCall, SealedResponse, StatusAnswer

EXCHANGED = frozenset(ActivationState) - {ActivationState.CREATED}
"""The states of activations that have exchanged keys, or had."""


def current(activation_id: str | None, *, at: datetime) -> Activation | None:
    """Find an activation, removing it first if its time is over; None if there is none.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    activation = activations.find(given("activationId", activation_id))
    return None if activation is None else _in_time(activation, at=at)


def _in_time(activation: Activation, *, at: datetime) -> Activation:
    if not activations.is_expired(activation, at=at):
        return activation
    with transaction.atomic():
        locked = activations.lock(activation.id)
        activations.remove_expired(locked, at=at)
    return locked


def exchanged(call: EncryptedCall, *, at: datetime) -> SealedResponse:
    """Answer an encrypted request for the status of its activation, as generation 4 does.

    Who can encrypt has exchanged keys, and learns the state also once it is BLOCKED or REMOVED.

    Raises:
        EngineRefusal: as `encryption.open_call`.

    Source: protocol-4.md 27.1.
    """
    opened = encryption.open_call(call, at=at, admitted=EXCHANGED)
    if opened.activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    activation = _in_time(opened.activation, at=at)
    status = choice.of(activation).identity.status(activation, None)
    return encryption.seal(opened, {"activationStatus": b64(status.blob)}, at=at)


def answer(
    activation: Activation | None,
    challenge: bytes | None,
    *,
    generation: Generation = choice.THREE,
) -> StatusAnswer:
    """Encrypt the status of an activation for whoever asks, as generation 3 does.

    An activation without keys of the generation, or none at all, is answered with random bytes of
    the same length, so that only the phone of an existing activation can tell.

    Raises:
        EngineRefusal: INVALID_REQUEST for a challenge that is not 16 bytes.
    """
    try:
        if activation is None or not _has_keys(activation, generation):
            blob, nonce = random_status(challenge)
            return StatusAnswer(blob=blob, nonce=nonce)
        return generation.identity.status(activation, challenge)
    except ProtocolError as error:
        raise invalid("challenge", "must be 16 bytes") from error


def _has_keys(activation: Activation, generation: Generation) -> bool:
    mine = activation.protocol_generation == generation.number
    return mine and generation.codes.has_keys(activation)


def fingerprint(activation: Activation) -> str | None:
    """Give the eight digits that user and bank compare; None before the key exchange."""
    return choice.of(activation).identity.fingerprint(activation)


def readable_by_callers(activation: Activation) -> bytes | None:
    """Give the status as generation 4 writes it, for a back end that encrypts it for the phone.

    None for an activation without keys of that generation.
    """
    if not _has_keys(activation, choice.FOUR):
        return None
    return choice.FOUR.identity.status(activation, None).blob
