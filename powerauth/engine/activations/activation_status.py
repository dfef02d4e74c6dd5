"""The status of an activation, for its phone and for a back end: protocol.md 9."""

from datetime import datetime

from django.db import transaction

from powerauth.engine.activations import activations
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Generation
from powerauth.models import Activation
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.status_blob import random_status
from powerauth.rules import given, invalid
from powerauth.values import StatusAnswer


def current(activation_id: str | None, *, at: datetime) -> Activation | None:
    """Find an activation, removing it first if its time is over; None if there is none.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier.
    """
    activation = activations.find(given("activationId", activation_id))
    if activation is None or not activations.is_expired(activation, at=at):
        return activation
    with transaction.atomic():
        locked = activations.lock(activation.id)
        activations.remove_expired(locked, at=at)
    return locked


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
