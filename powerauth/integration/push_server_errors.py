"""What the methods of a Push Server refuse with: push-and-inbox.md 2."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest

EMPTY_REQUEST = "Request must not be empty."
NO_APPLICATION = "App ID must not be null."
NO_USER = "No userId was specified"
UNKNOWN_APPLICATION = "Application with given ID does not exist"
UNKNOWN_APPLICATIONS = "Application list contained an app that is not configured in the system."
_SHOWN_LENGTH = 64  # characters of a wrong value that a refusal repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A member that breaks a rule of its form.

    Args:
        name: of the member, as on the wire.
        value: what came; None where it is a secret or a letter to somebody, so that it gets into
            no log of the caller.
        hint: the rule.
    """

    name: str
    value: object = None
    hint: str

    def to_json(self) -> dict[str, object]:
        return {"fieldName": self.name, "invalidValue": _shown(self.value), "hint": self.hint}


class BusinessFailure(BadRequest):
    """The call cannot be carried out; the text says why."""

    advice = "Correct what the message names; the same call is refused every time."


class InvalidMembers(BadRequest):
    """Members break rules of their form; `violations` says which.

    Args:
        violations: at least one.
    """

    code = "ERROR_REQUEST"
    message = "Invalid request."
    advice = "Correct the members that `violations` lists; the same call is refused every time."

    def __init__(self, violations: Iterable[Violation]) -> None:
        super().__init__(extra={"violations": [each.to_json() for each in violations]})


class ApplicationNotFound(BadRequest):
    """No application has the identifier."""

    code = "ERROR_APP_NOT_FOUND"
    message = UNKNOWN_APPLICATION
    advice = "Check the identifier of the application, or create the application first."


class DataIntegrity(ApiError):
    """There is one already."""

    code = "ERROR_DATA_INTEGRITY"
    message = "There is such an object already."
    http_status = HTTPStatus.CONFLICT
    advice = "Change the object that is there."


class EngineUnreachable(BadRequest):
    """The PowerAuth Server that has the activations does not answer."""

    code = "ERROR_PA_SERVER_COMM"
    message = "PowerAuth Server cannot be reached"
    advice = "Try it later."


def _shown(value: object) -> object:
    if isinstance(value, str) and len(value) > _SHOWN_LENGTH:
        return f"{value[:_SHOWN_LENGTH]}…"
    return value
