"""What the mobile operation endpoints refuse with: mobile-token-api.md 3. One class a row."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest
from enrollment_server.api.mobile import AuthenticationRefused, InvalidRequest
from powerauth.errors import EngineRefusal, ErrorCode


class Unauthenticated(AuthenticationRefused):
    """The request is not tied to an active activation; nothing says why."""

    message = "Authentication failed"


class ForeignOperation(InvalidRequest):
    """The operation belongs to another user, application or activation."""

    message = "Invalid request"
    advice = "Load the list of operations again, and show only what is in it."


class TemplateNotFound(InvalidRequest):
    """The operation type has no texts in any language."""

    message = "Template not found"
    advice = (
        "Tell the user that the operation cannot be shown; the bank has to write texts for its "
        "type."
    )


class TemplateUnusable(ApiError):
    """The texts of the operation type hold JSON that cannot be used."""

    code = "ERR_CONFIG"
    message = "Invalid JSON structure for the configuration"
    advice = (
        "Tell the user that the operation cannot be shown; the bank has to repair the texts of "
        "its type."
    )


class OperationNotFound(BadRequest):
    """No such operation, or one that somebody else has claimed."""

    code = "INVALID_OPERATION"
    message = "No operation was found with the provided identifier."
    advice = "Load the list of operations again, and show only what is in it."


class ApprovalImpossible(OperationNotFound):
    """No such operation, or one that cannot be approved any more."""

    message = "Operation not found or is in an unexpected state."


class RejectionImpossible(OperationNotFound):
    """No such operation, or one that cannot be rejected any more."""

    message = "Operation not found or is in an unexpected state"


class OperationAlreadyFinished(BadRequest):
    """The operation was approved or rejected."""

    code = "OPERATION_ALREADY_FINISHED"
    message = "Operation was already completed"
    advice = "Tell the user that it is decided already, and load the list of operations again."


class OperationAlreadyFailed(BadRequest):
    """The attempts to approve the operation are used up."""

    code = "OPERATION_ALREADY_FAILED"
    message = "Operation already failed"
    advice = "Tell the user that it has failed, and load the list of operations again."


class OperationAlreadyCanceled(BadRequest):
    """The bank has canceled the operation."""

    code = "OPERATION_ALREADY_CANCELED"
    message = "Operation was already canceled"
    advice = "Tell the user that the bank has canceled it, and load the list of operations again."


class OperationExpired(BadRequest):
    """The time to decide is over."""

    code = "OPERATION_EXPIRED"
    message = "Operation already expired"
    advice = "Tell the user that it was too late, and load the list of operations again."


class ActivationFlagRequired(BadRequest):
    """The operation needs an activation flag that the activation lacks."""

    code = "OPERATION_REQUIRES_ACTIVATION_FLAG"
    message = "Operation requires activation flag: {flag}, which is not present on activation."
    advice = "Tell the user that this phone may not decide the operation; the bank sets the flag."

    def __init__(self, flag: str) -> None:
        super().__init__(self.message.format(flag=flag))


class ApprovalRefused(ApiError):
    """The approval was refused, and the operation is still pending."""

    code = "OPERATION_FAILED"
    message = "PowerAuth server operation approval fails"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Load the operation again, and let the user decide it once more with an allowed factor."
    )


class RejectionRefused(ApprovalRefused):
    """The rejection was refused, and the operation is still pending."""

    message = "PowerAuth server operation rejection fails"
    advice = "Load the operation again, and let the user decide it once more."


class ApplicationNotFound(BadRequest):
    """The engine does not know the application."""

    code = "INVALID_APPLICATION"
    message = "No application was found with the provided identifier."
    advice = "Check the application key in the configuration of the app."


class EngineUnavailable(ApiError):
    """The engine cannot be reached, or refuses in a way that is none of the phone's business."""

    code = "REMOTE_COMMUNICATION_ERROR"
    message = "Communication with remote system failed."
    http_status = HTTPStatus.CONFLICT
    advice = "Load the operation again later, before the user decides once more."


_REFUSALS: dict[ErrorCode, type[ApiError]] = {
    ErrorCode.APPLICATION_NOT_FOUND: ApplicationNotFound,
    ErrorCode.INVALID_REQUEST: InvalidRequest,
    ErrorCode.OPERATION_NOT_FOUND: OperationNotFound,
    ErrorCode.OPERATION_STATE: ApprovalImpossible,
    ErrorCode.OPERATION_NOT_APPROVABLE: ApprovalImpossible,
    ErrorCode.OPERATION_NOT_REJECTABLE: RejectionImpossible,
}


def error_of(refusal: EngineRefusal) -> ApiError:
    """Give what a phone is told when the engine refuses. Source: mobile-token-api.md 3.4."""
    return _REFUSALS.get(refusal.code, EngineUnavailable)()
