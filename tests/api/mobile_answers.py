"""What the Mobile Token API refuses with outside of operations: mobile-token-api.md 3."""

from tests.api.answers import refusal

INVALID = refusal(400, "INVALID_REQUEST", "Invalid request object.")
UNAUTHENTICATED = refusal(401, "POWERAUTH_AUTH_FAIL", "Unable to verify device registration")
NO_ACTIVATION = refusal(400, "INVALID_ACTIVATION", "Activation is not valid")
NO_ENCRYPTION = refusal(400, "ERR_ENCRYPTION", "POWER_AUTH_ENCRYPTION_FAILED")
