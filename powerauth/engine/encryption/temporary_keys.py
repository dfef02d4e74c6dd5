"""Temporary keys of protocol 3.3: protocol.md 6, integration-api.md 9.2."""

import uuid
from datetime import datetime

from powerauth.engine import policy
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.cryptography import CURRENT_GENERATION, cryptography_of
from powerauth.engine.identifiers import parse_id
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, ApplicationVersion
from powerauth.models import TemporaryKey as TemporaryKeyRow
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    request_secret,
    sign_response,
    verify_request,
)
from powerauth.rules import invalid

SIGNED = "must be a request that its application or activation has signed"


def create(jwt: str, *, at: datetime) -> str:
    """Make a temporary key for a request that its application or activation has signed.

    Args:
        jwt: compact JWS from the client.

    Returns: compact JWS with the public key, signed by the server.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND, ACTIVATION_NOT_FOUND.
    """
    try:
        claims = TemporaryKeyRequest.parse_unverified(jwt)
    except ProtocolError as error:
        raise invalid("jwt", SIGNED) from error
    version = applications.supported_version(claims.application_key)
    if version is None:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    activation = _activation(claims, version)
    _verify(jwt, version, activation)
    return _issue(claims, version, activation, at=at)


def _activation(claims: TemporaryKeyRequest, version: ApplicationVersion) -> Activation | None:
    """Find the activation of an activation-scope request; a blocked one still gets a key."""
    if claims.activation_id is None:
        return None
    activation = activations.find(claims.activation_id)
    if (
        activation is None
        or activation.application_id != version.application_id
        or activation.state not in (ActivationState.ACTIVE, ActivationState.BLOCKED)
    ):
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return activation


def _verify(jwt: str, version: ApplicationVersion, activation: Activation | None) -> None:
    transport_key = None
    if activation is not None:
        derived_keys = encryption.unseal_derived_keys(activation)
        transport_key = cryptography_of(activation.protocol_generation).transport_key(derived_keys)
    try:
        verify_request(jwt, request_secret(version.application_secret, transport_key))
    except ProtocolError as error:
        raise invalid("jwt", SIGNED) from error


def _issue(
    claims: TemporaryKeyRequest,
    version: ApplicationVersion,
    activation: Activation | None,
    *,
    at: datetime,
) -> str:
    cryptography = cryptography_of(CURRENT_GENERATION)
    pair = cryptography.generate_key_pair()
    key_id = uuid.uuid4()
    expires_at = at + policy.temporary_key_validity()
    activation_id = activation.id if activation else None
    place = record_places.temporary_key(key_id, claims.application_key, activation_id)
    TemporaryKeyRow.objects.create(
        id=key_id,
        application_key=claims.application_key,
        activation_id=activation_id,
        algorithm=cryptography.algorithm,
        private_key=records.seal(pair.private_key, place),
        expires_at=expires_at,
    )
    if activation is not None:
        signing_key = encryption.unseal_server_key(activation)
    else:
        signing_key = applications.master_keys(version.application_id).pair.private_key
    answer = TemporaryKey(
        key_id=str(key_id),
        application_key=claims.application_key,
        activation_id=claims.activation_id,
        challenge=claims.challenge,
        public_key=pair.public_key,
        issued_at_ms=encryption.milliseconds_of(at),
        expires_at_ms=encryption.milliseconds_of(expires_at),
    )
    return sign_response(answer, signing_key)


def remove(key_id: str) -> None:
    """Delete a temporary key; one that does not exist needs no deleting."""
    TemporaryKeyRow.objects.filter(id=parse_id(key_id)).delete()
