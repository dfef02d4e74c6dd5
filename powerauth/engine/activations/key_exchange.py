"""The key exchange with a phone: protocol.md 4.3 to 4.5, integration-api.md 7.2 and 7.3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from enrollment_server.database.statements import execute
from enrollment_server.database.writes import inserting
from powerauth.engine import figures, minimum_version
from powerauth.engine.activations import activation_init, activations, otp
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.applications import applications
from powerauth.engine.encryption import encryption
from powerauth.engine.encryption.encryption import OpenedCall
from powerauth.engine.generations import choice
from powerauth.engine.generations.base import Offer
from powerauth.engine.generations.values import Exchanged
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationState,
    ApplicationVersion,
    CommitPhase,
    OtpValidation,
)
from powerauth.protocol.errors import ProtocolError
from powerauth.values import EncryptedCall, PreparedActivation


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    """An activation without a code, for a user whom the caller has identified.

    Args:
        call: layer 2 of the request.
        otp: to be given at commit; the phone's own is not evaluated.
        custom_attributes: stored with the activation.
    """

    user_id: str | None
    call: EncryptedCall
    expires_at: datetime | None = None
    max_failed_attempts: int | None = None
    otp: str | None = field(default=None, repr=False)
    custom_attributes: Mapping[str, Any] = field(default_factory=dict)


@commits_refusals
def prepare(
    *,
    code: str,
    call: EncryptedCall,
    custom_attributes: Mapping[str, Any],
    at: datetime,
) -> PreparedActivation:
    """Exchange keys with the phone that holds an activation code.

    Args:
        code: activation code with dashes.
        call: layer 2 of the request.
        custom_attributes: stored with the activation.

    Raises:
        EngineRefusal: in the order of integration-api.md 7.2; wrong OTPs and a device key that is
            no point of the curve leave their mark on the activation. VERSION_NOT_SUPPORTED and
            ALGORITHM_NOT_SUPPORTED leave it as it is, and its code good for another phone.
    """
    minimum_version.check(call.version)
    version = _version(call, unknown=ErrorCode.ACTIVATION_EXPIRED)
    opened = encryption.open_for(call, version, None, at=at)
    offer = _offer(call, opened)
    activation = _waiting(version.application_id, code, at=at)
    verified = otp.check(activation, offer.facts.otp, phase=CommitPhase.ON_KEY_EXCHANGE, at=at)
    active = verified or activation.commit_phase == CommitPhase.ON_KEY_EXCHANGE
    try:
        exchanged = _store(
            activation,
            offer,
            created_with=call.version,
            active=active,
            custom_attributes=custom_attributes,
            at=at,
        )
    except ProtocolError as error:
        activations.change(activation, at=at, state=ActivationState.REMOVED)
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND) from error
    return _answer(activation, exchanged, opened, at=at)


@commits_refusals
def create(request: CreateRequest, *, at: datetime) -> PreparedActivation:
    """Create an activation and exchange its keys in one step; it then waits for its commit.

    A refusal leaves no activation behind; a request that was decrypted stays remembered, so that
    it cannot be used again.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED; in the order of integration-api.md 7.3;
            ALGORITHM_NOT_SUPPORTED.
    """
    minimum_version.check(request.call.version)
    version = _version(request.call, unknown=ErrorCode.APPLICATION_NOT_FOUND)
    beginning = _beginning(request, version.application_id)
    application = activation_init.check(beginning)
    opened = encryption.open_for(request.call, version, None, at=at)
    offer = _offer(request.call, opened)
    with transaction.atomic():
        activation = activation_init.begin(beginning, application, at=at)
        if activations.is_expired(activation, at=at):
            raise EngineRefusal(ErrorCode.ACTIVATION_EXPIRED)
        try:
            exchanged = _store(
                activation,
                offer,
                created_with=request.call.version,
                active=False,
                custom_attributes=request.custom_attributes,
                at=at,
            )
        except ProtocolError as error:
            raise EngineRefusal(ErrorCode.ACTIVATION_EXPIRED) from error
    return _answer(activation, exchanged, opened, at=at)


def _offer(call: EncryptedCall, opened: OpenedCall) -> Offer:
    return choice.of_version(call.version).key_exchange.read(opened.plaintext)


def _version(call: EncryptedCall, *, unknown: ErrorCode) -> ApplicationVersion:
    version = applications.supported_version(call.application_key)
    if version is None:
        raise EngineRefusal(unknown)
    return version


def _beginning(request: CreateRequest, application_id: str) -> InitRequest:
    return InitRequest(
        user_id=request.user_id,
        application_id=application_id,
        expires_at=request.expires_at,
        max_failed_attempts=request.max_failed_attempts,
        otp=request.otp,
        # A commit phase besides would contradict the mode: integration-api.md 7.3.
        otp_validation=OtpValidation.ON_COMMIT if request.otp else None,
    )


def _waiting(application_id: str, code: str, *, at: datetime) -> Activation:
    """Lock the activation that waits under `code`."""
    row = (
        Activation.objects.select_related("application")
        .select_for_update(of=("self",))
        .filter(application_id=application_id, activation_code=code, state=ActivationState.CREATED)
        .first()
    )
    if row is None or activations.remove_expired(row, at=at):
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    return row


def _store(
    activation: Activation,
    offer: Offer,
    *,
    created_with: str,
    active: bool,
    custom_attributes: Mapping[str, Any],
    at: datetime,
) -> Exchanged:
    """Exchange keys for what a phone offers, and store what the activation has now.

    Raises:
        ProtocolError: a key of the phone is no valid key; nothing was stored.
    """
    exchanged = offer.exchange(activation)
    activations.change(
        activation,
        at=at,
        state=ActivationState.ACTIVE if active else ActivationState.PENDING_COMMIT,
        **exchanged.columns,
        created_with=created_with,
        name=offer.facts.name,
        extras=offer.facts.extras,
        platform=offer.facts.platform,
        device_info=offer.facts.device_info,
        external_id=offer.facts.external_id,
        custom_attributes=dict(custom_attributes),
    )
    if exchanged.key_pairs:
        execute(*inserting(exchanged.key_pairs))
    figures.exchanged(activation)
    return exchanged


def _answer(
    activation: Activation, exchanged: Exchanged, opened: OpenedCall, *, at: datetime
) -> PreparedActivation:
    payload = {"activationId": str(activation.id), **exchanged.answer}
    return PreparedActivation(
        activation=activations.facts(activation),
        response=encryption.seal(opened, payload, at=at),
    )
