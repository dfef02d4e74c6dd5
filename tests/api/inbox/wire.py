"""What the tests of the inbox send, and what they expect."""

from typing import Any

from powerauth.phone.requests.transport import Answer

COUNT = "/api/inbox/count"
LIST = "/api/inbox/message/list"
DETAIL = "/api/inbox/message/detail"
READ = "/api/inbox/message/read"
READ_ALL = "/api/inbox/message/read-all"
PATHS = [COUNT, LIST, DETAIL, READ, READ_ALL]
UNKNOWN_ID = "12345678-1234-4234-8234-123456789012"

Outcome = tuple[int, Any]


def refusal(status: int, code: str, message: str) -> Outcome:
    """Give status and whole body of a refusal."""
    return status, {"status": "ERROR", "responseObject": {"code": code, "message": message}}


def success(payload: object) -> Outcome:
    """Give status and whole body of a success with a payload."""
    return 200, {"status": "OK", "responseObject": payload}


OK: Outcome = (200, {"status": "OK"})
INVALID = refusal(400, "INVALID_REQUEST", "Invalid request object.")
FAILED = refusal(400, "INBOX_FAILED", "Unable to process inbox request.")
UNAUTHENTICATED = refusal(401, "POWERAUTH_AUTH_FAIL", "Unable to verify device registration")
NO_ACTIVATION = refusal(400, "INVALID_ACTIVATION", "Activation is not valid")
_GENERIC = ("ERROR_GENERIC", "Unknown error occurred while processing request.")
WRONG_METHOD = refusal(405, *_GENERIC)
WRONG_MEDIA_TYPE = refusal(415, *_GENERIC)
NOT_FOUND = refusal(404, "ERROR_NOT_FOUND", "Resource not found.")


def outcome(answer: Answer) -> Outcome:
    """Give status and whole body of an answer."""
    return answer.status, answer.json
