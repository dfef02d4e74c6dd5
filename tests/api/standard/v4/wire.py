"""What the tests of `/pa/v4/*` expect."""

from powerauth.models import Activation
from powerauth.protocol.signed_request import SignatureType
from tests.api.answers import refusal
from tests.engine.generations_four.phone import Phone4

P = SignatureType.POSSESSION
WRONG = bytes(32)

CODE_INVALID = refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_CODE_INVALID")
TOKEN_INVALID = refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_TOKEN_INVALID")
MALFORMED = refusal(400, "ERR_VALIDATION", "POWER_AUTH_REQUEST_INVALID")
NO_ACTIVATION = refusal(400, "ERR_ACTIVATION", "POWER_AUTH_ACTIVATION_INVALID")
NO_BIOMETRY = refusal(400, "ERR_BIOMETRY", "POWER_AUTH_BIOMETRY_FAILURE")
NO_ENCRYPTION = refusal(400, "ERR_ENCRYPTION", "POWER_AUTH_ENCRYPTION_FAILED")
NO_PASSWORD = refusal(400, "ERR_PASSWORD_CHANGE", "POWER_AUTH_PASSWORD_CHANGE_FAILURE")
NO_STATUS = refusal(400, "ERR_STATUS", "POWER_AUTH_STATUS_ERROR")
NO_TEMPORARY_KEY = refusal(400, "ERR_TEMPORARY_KEY", "POWER_AUTH_TEMPORARY_KEY_FAILURE")
NO_VAULT = refusal(400, "ERR_SECURE_VAULT", "POWER_AUTH_SECURE_VAULT_INVALID")


def attempts(phone: Phone4) -> tuple[int, int]:
    """Give the server's counter and failed attempts of a phone's activation."""
    row = Activation.objects.get(id=phone.activation_id)
    return row.counter, row.failed_attempts
