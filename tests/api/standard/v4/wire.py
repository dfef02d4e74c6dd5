"""What the tests of `/pa/v4/*` expect."""

from powerauth.models import Activation
from tests.api.answers import refusal
from tests.engine.generations_four.phone import Phone4

CODE_INVALID = refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_CODE_INVALID")
MALFORMED = refusal(400, "ERR_VALIDATION", "POWER_AUTH_REQUEST_INVALID")
NO_ACTIVATION = refusal(400, "ERR_ACTIVATION", "POWER_AUTH_ACTIVATION_INVALID")
NO_TEMPORARY_KEY = refusal(400, "ERR_TEMPORARY_KEY", "POWER_AUTH_TEMPORARY_KEY_FAILURE")


def attempts(phone: Phone4) -> tuple[int, int]:
    """Give the server's counter and failed attempts of a phone's activation."""
    row = Activation.objects.get(id=phone.activation_id)
    return row.counter, row.failed_attempts
