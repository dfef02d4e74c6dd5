"""What the tests of push registration send, and what they expect."""

from tests.api.answers import refusal

TOKEN_PATH = "/api/push/device/register/token"
SIGNED_PATH = "/api/push/device/register"
PATHS = [TOKEN_PATH, SIGNED_PATH]
DEVICE = {"platform": "ios", "token": "A0B1C2"}

FAILED = refusal(
    400, "PUSH_REGISTRATION_FAILED", "Push registration failed in Mobile Token API component."
)
