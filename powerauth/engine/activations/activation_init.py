"""The beginning of an activation, before the phone appears: integration-api.md 7.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction

from powerauth.engine import policy
from powerauth.engine.activations import activation_events, otp, signed_codes
from powerauth.engine.activations.flags import check_flags
from powerauth.engine.applications import applications, master_keys
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationHistory,
    Application,
    CommitPhase,
    OtpValidation,
    TransferType,
)
from powerauth.models.application import ID_LENGTH
from powerauth.protocol.activation_code import generate_activation_code
from powerauth.protocol.v4.primitives.signing import ECDSA_P256
from powerauth.rules import filled, invalid

ATTEMPTS = 10  # to find an unused activation code
_PREFIX = 11  # characters of a code that must not repeat within an application
_MAX_FAILURES = 255  # the status blob has one byte for it


class ActivationProtocol(StrEnum):
    """What an activation speaks, as the integration API names it (integration-api.md 1.2)."""

    POWERAUTH = "powerauth"
    FIDO2 = "fido2"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """What a back end asks for; None stands for the default.

    Args:
        parent_activation_id, transfer_type: the activation that it follows from, and how; they are
            told, and decide nothing (protocol-4.md 39.1).
    """

    user_id: str | None
    application_id: str | None
    protocol: ActivationProtocol | None = None
    expires_at: datetime | None = None
    max_failed_attempts: int | None = None
    otp: str | None = None
    otp_validation: OtpValidation | None = None
    commit_phase: CommitPhase | None = None
    parent_activation_id: str | None = None
    transfer_type: TransferType | None = None
    flags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitializedActivation:
    """A new activation with the code for its user, signed by the application's master keys.

    Args:
        activation_signatures: what `signed_codes.signatures` gives.
    """

    activation: Activation
    activation_code: str
    activation_signatures: Mapping[str, str]

    @property
    def activation_signature(self) -> str:
        """What clients of before protocol 4.0 read."""
        return self.activation_signatures[ECDSA_P256.label]


@transaction.atomic
def init(request: InitRequest, *, at: datetime) -> InitializedActivation:
    """Create an activation in state CREATED, for a phone that will bring its code.

    Raises:
        EngineRefusal: in the order of integration-api.md 7.1; INVALID_REQUEST for an end in the
            past.
    """
    application = check(request)
    if request.expires_at is not None and request.expires_at < at:
        raise invalid("timestampActivationExpire", "must not be in the past")
    activation = begin(request, application, at=at)
    return InitializedActivation(
        activation=activation,
        activation_code=activation.activation_code,
        activation_signatures=signed_codes.signatures(activation),
    )


def begin(request: InitRequest, application: Application, *, at: datetime) -> Activation:
    """Store an activation in state CREATED, with its first row of history, and without keys.

    Which generation of the protocol it will have, its phone says.

    Args:
        request: one that was checked.
        application: what `check` gave for it.

    Raises:
        EngineRefusal: INVALID_REQUEST for flags, NO_ACTIVATION_CODE_LEFT.
    """
    activation = Activation(
        application=application,
        user_id=request.user_id or "",
        flags=check_flags(sorted(set(request.flags)), member="flags"),
        otp_hash=otp.hash_otp(request.otp) if request.otp else "",
        otp_validation=request.otp_validation or OtpValidation.NONE,
        commit_phase=request.commit_phase or CommitPhase.ON_COMMIT,
        expires_at=request.expires_at or at + policy.activation_validity(),
        max_failed_attempts=request.max_failed_attempts or policy.max_failed_attempts(),
        parent_activation_id=_key_of(request.parent_activation_id),
        transfer_type=request.transfer_type or "",
        created_at=at,
        last_used_at=at,
    )
    _save_with_code(activation, at=at)
    return activation


def check(request: InitRequest) -> Application:
    """Check a request without storing anything, and give its application.

    Raises:
        EngineRefusal: in the order of integration-api.md 7.1.
    """
    # This engine makes no other kind of activation.
    if request.protocol not in (None, ActivationProtocol.POWERAUTH):
        raise invalid("protocol", f"must be {ActivationProtocol.POWERAUTH}")
    filled("userId", request.user_id, ID_LENGTH)
    if request.application_id is None:
        raise EngineRefusal(ErrorCode.NO_APPLICATION_ID)
    application = applications.get(request.application_id)
    limit = request.max_failed_attempts
    if limit is not None and not 0 < limit <= _MAX_FAILURES:
        raise EngineRefusal(ErrorCode.ACTIVATION_PROPERTIES)
    if (request.otp_validation or OtpValidation.NONE) is not OtpValidation.NONE:
        if request.commit_phase is not None:
            raise invalid("commitPhase", "must be null with an activationOtpValidation")
        filled("activationOtp", request.otp)
    _check_origin(request)
    # Only for its refusal: without a master key pair no phone could be activated.
    master_keys.public_key(application.id)
    return application


def _check_origin(request: InitRequest) -> None:
    """Insist on that an origin is an activation of the same user: staff is told of it as a fact."""
    parent = request.parent_activation_id
    if parent is None:
        if request.transfer_type is not None:
            raise invalid("parentActivationId", "must not be null with a transferType")
        return
    known = Activation.objects.filter(id=parse_id(parent), user_id=request.user_id or "")
    if not known.exists():
        raise invalid("parentActivationId", "must be an activation of this user")


def _key_of(activation_id: str | None) -> UUID | None:
    return None if activation_id is None else parse_id(activation_id)


def _save_with_code(activation: Activation, *, at: datetime) -> None:
    """Store a new activation under an unused code; the index decides between racing ones."""
    for _ in range(ATTEMPTS):
        code = generate_activation_code()
        alike = Activation.objects.filter(
            application=activation.application, activation_code__startswith=code[:_PREFIX]
        )
        if alike.exists():
            continue
        activation.activation_code = code
        try:
            with transaction.atomic():
                activation.save(force_insert=True)
                ActivationHistory.objects.create(
                    activation=activation, state=activation.state, created_at=at
                )
                activation_events.write(activation, at=at)
        except IntegrityError:
            continue
        return
    raise EngineRefusal(ErrorCode.NO_ACTIVATION_CODE_LEFT)
