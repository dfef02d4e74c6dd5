"""What the tests of push registration send, and what they expect."""

from typing import Any

from powerauth.phone.requests.transport import Answer

TOKEN_PATH = "/api/push/device/register/token"
SIGNED_PATH = "/api/push/device/register"
PATHS = [TOKEN_PATH, SIGNED_PATH]
DEVICE = {"platform": "ios", "token": "A0B1C2"}

Outcome = tuple[int, Any]


def refusal(status: int, code: str, message: str) -> Outcome:
    """Give status and whole body of a refusal."""
    return status, {"status": "ERROR", "responseObject": {"code": code, "message": message}}


OK: Outcome = (200, {"status": "OK"})
INVALID = refusal(400, "INVALID_REQUEST", "Invalid request object.")
UNAUTHENTICATED = refusal(401, "POWERAUTH_AUTH_FAIL", "Unable to verify device registration")
NO_ACTIVATION = refusal(400, "INVALID_ACTIVATION", "Activation is not valid")
FAILED = refusal(
    400, "PUSH_REGISTRATION_FAILED", "Push registration failed in Mobile Token API component."
)
_GENERIC = ("ERROR_GENERIC", "Unknown error occurred while processing request.")
WRONG_METHOD = refusal(405, *_GENERIC)
WRONG_MEDIA_TYPE = refusal(415, *_GENERIC)
TOO_LARGE = refusal(413, *_GENERIC)
NOT_FOUND = refusal(404, "ERROR_NOT_FOUND", "Resource not found.")


def outcome(answer: Answer) -> Outcome:
    """Give status and whole body of an answer."""
    return answer.status, answer.json
