"""What the integration API refuses with: integration-api.md 1.1, 1.3 and 1.4."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest, UnexpectedFailure
from powerauth.errors import EngineRefusal, ErrorCode


class MalformedCall(BadRequest):
    """Not JSON, a value of another type than documented, or an unknown name of an enum.

    The message says which member has to be what, where it is a member that is wrong.
    """

    code = "ERROR_HTTP_REQUEST"
    message = "Invalid HTTP request."
    advice = "Correct the member that the message names; the same call is refused every time."


class CallerRejected(ApiError):
    """No credentials of an integration, or wrong ones."""

    code = "ERR_AUTHENTICATION"
    message = "Authentication failed"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = "Send the token and secret of an integration by HTTP Basic."


class CallOfAnotherSite(ApiError):
    """A browser calls for a page of somebody else."""

    code = "ERROR_HTTP_REQUEST"
    message = "Requests of other sites are refused."
    http_status = HTTPStatus.FORBIDDEN
    advice = "Call from a server of yours, not from a page in a browser."


class CallFailed(UnexpectedFailure):
    """A defect or an outage; the log says which."""

    code = ErrorCode.UNKNOWN.value
    message = ErrorCode.UNKNOWN.message


class CallRefused(BadRequest):
    """The engine refused; code and text are the engine's."""

    def __init__(self, refusal: EngineRefusal) -> None:
        super().__init__(refusal.message, log=refusal.log_details)
        self.code = refusal.code.value


class TelemetryRefused(BadRequest):
    """An unknown report, or one that cannot be made with these parameters."""

    code = "ERROR_TELEMETRY"
    message = "Unknown report, or invalid parameters of a report."
    advice = "Correct the name of the report and its parameters."
