"""The envelope in which Wultra's servers answer: integration-api.md 1, push-and-inbox.md 2."""

from http import HTTPStatus

from enrollment_server.remote.members import Members, WrongShape, members, optional_text, parsed
from enrollment_server.remote.values import Answer

_SUCCESSES = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)


class Refused(Exception):
    """The server refuses, as it is documented.

    Args:
        code: machine-readable.
        message: what the server says to people; empty if nothing.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


def content_of(answer: Answer) -> Members:
    """Give the members of a success, among them maybe a `responseObject`.

    Raises:
        Refused: HTTP 400 with a code.
        WrongShape: any other status, or an answer that is none.
    """
    success = answer.status in _SUCCESSES
    if not success and answer.status != HTTPStatus.BAD_REQUEST:
        raise WrongShape(f"HTTP status {answer.status}")
    content = members(parsed(answer.body), "the answer")
    status = "OK" if success else "ERROR"
    if content.get("status") != status:
        raise WrongShape(f"HTTP status {answer.status} without the status {status}")
    if success:
        return content
    refusal = members(content.get("responseObject"))
    code = refusal.get("code")
    if not isinstance(code, str) or not code:
        raise WrongShape("a refusal without a code")
    raise Refused(code, optional_text(refusal, "message"))
