"""What push registration refuses with beside the errors of every mobile endpoint."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError


class PushRegistrationFailed(ApiError):
    """The backend refused the registration, or could not be reached."""

    code = "PUSH_REGISTRATION_FAILED"
    message = "Push registration failed in Mobile Token API component."
    http_status = HTTPStatus.BAD_REQUEST
