"""What a back end or a phone does with an existing activation: integration-api.md 7.5 to 7.13."""

from collections.abc import Sequence
from datetime import datetime

from powerauth.engine.activations import activations, otp
from powerauth.engine.identifiers import parse_id
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, CommitPhase, OtpValidation
from powerauth.rules import NOT_EMPTY, filled, fitting, given, invalid, not_blank

MAX_NAME = 255  # characters
MAX_TEXT = 255  # characters of a reason, and of the user of a back end


def _check_texts(external_user_id: str | None, reason: str | None = None) -> None:
    """Refuse texts that history could not hold."""
    fitting("externalUserId", external_user_id, MAX_TEXT)
    fitting("reason", reason, MAX_TEXT)


@commits_refusals
def commit(
    activation_id: str | None,
    *,
    otp_text: str | None = None,
    external_user_id: str | None = None,
    at: datetime,
) -> Activation:
    """Make a pending activation ACTIVE.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND, ACTIVATION_EXPIRED, ACTIVATION_STATE,
            INVALID_OTP.
    """
    _check_texts(external_user_id)
    activation = activations.lock(activation_id)
    activations.remove_expired(activation, at=at)
    if activation.state == ActivationState.REMOVED:
        raise EngineRefusal(ErrorCode.ACTIVATION_EXPIRED)
    if activation.state != ActivationState.PENDING_COMMIT:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    otp.check(activation, otp_text, phase=CommitPhase.ON_COMMIT, at=at)
    if activation.commit_phase != CommitPhase.ON_COMMIT:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    activations.change(
        activation, at=at, external_user_id=external_user_id, state=ActivationState.ACTIVE
    )
    return activation


@commits_refusals
def update_otp(
    activation_id: str | None,
    *,
    otp_text: str | None,
    external_user_id: str | None = None,
    at: datetime,
) -> Activation:
    """Replace the OTP of an activation that waits for its commit.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifier or OTP, ACTIVATION_NOT_FOUND,
            ACTIVATION_STATE, OTP_MODE.
    """
    filled("activationId", activation_id)
    otp_text = filled("activationOtp", otp_text)
    _check_texts(external_user_id)
    activation = activations.lock(activation_id)
    activations.remove_expired(activation, at=at)
    if activation.state != ActivationState.PENDING_COMMIT:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    if activation.otp_validation == OtpValidation.ON_KEY_EXCHANGE:
        raise EngineRefusal(ErrorCode.OTP_MODE)
    activations.change(
        activation,
        at=at,
        reason=activations.OTP_VALUE_UPDATE,
        external_user_id=external_user_id,
        otp_hash=otp.hash_otp(otp_text),
        otp_validation=OtpValidation.ON_COMMIT,
    )
    return activation


@commits_refusals
def remove(
    activation_id: str | None, *, external_user_id: str | None = None, at: datetime
) -> Activation:
    """Remove an activation for good; every state is accepted.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND.
    """
    _check_texts(external_user_id)
    activation = activations.lock(activation_id)
    activations.change(
        activation, at=at, external_user_id=external_user_id, state=ActivationState.REMOVED
    )
    return activation


@commits_refusals
def block(
    activation_id: str | None,
    *,
    reason: str | None = None,
    external_user_id: str | None = None,
    at: datetime,
) -> Activation:
    """Block an ACTIVE activation; a blocked one stays as it is.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    _check_texts(external_user_id, reason)
    activation = activations.lock(activation_id)
    if activation.state == ActivationState.BLOCKED:
        return activation
    if activation.state != ActivationState.ACTIVE:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    activations.change(
        activation,
        at=at,
        external_user_id=external_user_id,
        state=ActivationState.BLOCKED,
        blocked_reason=reason or activations.NOT_SPECIFIED,
    )
    return activation


@commits_refusals
def unblock(
    activation_id: str | None, *, external_user_id: str | None = None, at: datetime
) -> Activation:
    """Make a BLOCKED activation ACTIVE with all its attempts; an active one stays as it is.

    Raises:
        EngineRefusal: INVALID_REQUEST, ACTIVATION_NOT_FOUND, ACTIVATION_STATE.
    """
    _check_texts(external_user_id)
    activation = activations.lock(activation_id)
    if activation.state == ActivationState.ACTIVE:
        return activation
    if activation.state != ActivationState.BLOCKED:
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    activations.change(
        activation,
        at=at,
        external_user_id=external_user_id,
        state=ActivationState.ACTIVE,
        blocked_reason="",
        failed_attempts=0,
    )
    return activation


@commits_refusals
def rename(
    activation_id: str, *, name: str, external_user_id: str = "", at: datetime
) -> Activation:
    """Give an activation another name.

    Raises:
        EngineRefusal: INVALID_REQUEST for a blank or long name, ACTIVATION_NOT_FOUND,
            ACTIVATION_STATE unless it is ACTIVE or PENDING_COMMIT.
    """
    _check_texts(external_user_id)
    not_blank("activationName", name, MAX_NAME)
    activation = activations.lock(activation_id)
    if activation.state not in (ActivationState.ACTIVE, ActivationState.PENDING_COMMIT):
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    activations.change(
        activation,
        at=at,
        reason=activations.ACTIVATION_NAME_UPDATED,
        external_user_id=external_user_id,
        callback=False,
        name=name,
    )
    return activation


def _locked(activation_ids: Sequence[str]) -> list[Activation]:
    """Lock those that exist; always in one order, so that no two calls wait for each other."""
    rows = Activation.objects.select_related("application").select_for_update(of=("self",))
    known = {parse_id(text) for text in activation_ids}
    return list(rows.filter(id__in=known).order_by("id"))


@commits_refusals
def set_state(
    activation_ids: Sequence[str] | None, state: ActivationState | None, *, at: datetime
) -> None:
    """Bring activations into a state, from whatever other state they are in, all or none.

    Only the state changes: failed attempts and the reason of a blocking stay. Unknown identifiers
    are skipped. REMOVED is final: if one of the activations is REMOVED and shall not be, nothing
    changes at all. Source: integration-api.md 7.13.

    Raises:
        EngineRefusal: INVALID_REQUEST for no identifiers or no state; ACTIVATION_STATE if an
            activation would leave REMOVED.
    """
    if not activation_ids:
        raise invalid("activationIds", NOT_EMPTY)
    given("activationStatus", state)
    differing = [one for one in _locked(activation_ids) if one.state != state]
    if any(one.state == ActivationState.REMOVED for one in differing):
        raise EngineRefusal(ErrorCode.ACTIVATION_STATE)
    for activation in differing:
        activations.change(activation, at=at, state=state)
