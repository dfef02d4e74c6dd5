"""Temporary keys: protocol.md 6, protocol-4.md 22, integration-api.md 9.2."""

import uuid
from datetime import datetime

from enrollment_server.database.statements import execute
from enrollment_server.database.writes import inserting
from powerauth.engine import minimum_version, policy
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import AgreedKey, Generation, KeyRequest
from powerauth.engine.identifiers import parse_id
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ApplicationVersion, TemporaryKey
from powerauth.protocol.errors import ProtocolError
from powerauth.rules import invalid

SIGNED = "must be a request that its application or activation has signed"


def create(jwt: str, *, generation: Generation = choice.THREE, at: datetime) -> str:
    """Make a temporary key for a request that its application or activation has signed.

    Args:
        jwt: compact JWS from the client.
        generation: that the request is written in.

    Returns: the answer, signed by the server.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED, INVALID_REQUEST, APPLICATION_NOT_FOUND,
            ACTIVATION_NOT_FOUND, NO_MASTER_KEY_PAIR; ALGORITHM_NOT_SUPPORTED for a suite that new
            activations of the application may not have.
    """
    minimum_version.check_generation(generation.number)
    try:
        asked = generation.temporary_keys.read(jwt)
    except ProtocolError as error:
        raise invalid("jwt", SIGNED) from error
    version = applications.supported_version(asked.application_key)
    if version is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    activation = _activation(asked, version, generation)
    try:
        asked.check(version, activation)
        agreed = asked.agree()
    except ProtocolError as error:
        raise invalid("jwt", SIGNED) from error
    return _issue(asked, agreed, version, activation, at=at)


def _activation(
    asked: KeyRequest, version: ApplicationVersion, generation: Generation
) -> Activation | None:
    """Find the activation of an activation-scope request."""
    if asked.activation_id is None:
        return None
    activation = activations.find(asked.activation_id)
    if (
        activation is None
        or activation.application_id != version.application_id
        or activation.protocol_generation != generation.number
        or not generation.temporary_keys.is_served(activation)
    ):
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return activation


def _issue(
    asked: KeyRequest,
    agreed: AgreedKey,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> str:
    key_id = uuid.uuid4()
    expires_at = at + policy.temporary_key_validity()
    activation_id = activation.id if activation else None
    place = record_places.temporary_key(key_id, asked.application_key, activation_id)
    row = TemporaryKey(
        id=key_id,
        application_key=asked.application_key,
        activation_id=activation_id,
        algorithm=agreed.suite,
        private_key=records.seal(agreed.secret, place),
        expires_at=expires_at,
    )
    # Nothing is stored of a key that nobody can be told, for lack of a master key.
    answer = agreed.answer(
        key_id=str(key_id),
        issued_at_ms=encryption.milliseconds_of(at),
        expires_at_ms=encryption.milliseconds_of(expires_at),
        version=version,
        activation=activation,
    )
    execute(*inserting([row]))
    return answer


def remove(key_id: str) -> None:
    """Delete a temporary key; one that does not exist needs no deleting."""
    TemporaryKey.objects.filter(id=parse_id(key_id)).delete()
