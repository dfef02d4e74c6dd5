"""What only the inbox refuses back ends with: push-and-inbox.md 2."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError


class MessageNotFound(ApiError):
    """No message has the identifier."""

    code = "ERROR_MESSAGE_NOT_FOUND"
    message = "Inbox message with given ID does not exist"
    http_status = HTTPStatus.BAD_REQUEST
    advice = "Check the identifier; the same one is refused every time."
