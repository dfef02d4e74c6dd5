"""What every API answers with, as status and whole body."""

from typing import Any

from powerauth.phone.requests.transport import Answer

Outcome = tuple[int, Any]


def refusal(status: int, code: str, message: str) -> Outcome:
    """Give status and whole body of a refusal."""
    return status, {"status": "ERROR", "responseObject": {"code": code, "message": message}}


def success(payload: object) -> Outcome:
    """Give status and whole body of a success with a payload."""
    return 200, {"status": "OK", "responseObject": payload}


_GENERIC = ("ERROR_GENERIC", "Unknown error occurred while processing request.")
OK: Outcome = (200, {"status": "OK"})
MALFORMED = refusal(400, *_GENERIC)
WRONG_METHOD = refusal(405, *_GENERIC)
TOO_LARGE = refusal(413, *_GENERIC)
WRONG_MEDIA_TYPE = refusal(415, *_GENERIC)
FAILED = refusal(500, *_GENERIC)
NOT_FOUND = refusal(404, "ERROR_NOT_FOUND", "Resource not found.")


def outcome(answer: Answer) -> Outcome:
    """Give status and whole body of an answer."""
    return answer.status, answer.json
