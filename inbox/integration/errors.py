"""What only the inbox refuses back ends with: push-and-inbox.md 2."""

from enrollment_server.api.errors import BadRequest


class MessageNotFound(BadRequest):
    """No message has the identifier."""

    code = "ERROR_MESSAGE_NOT_FOUND"
    message = "Inbox message with given ID does not exist"
    advice = "Check the identifier; the same one is refused every time."
