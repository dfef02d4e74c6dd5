"""What the inbox refuses with: to a phone, and to those who write messages."""

from dataclasses import dataclass

from enrollment_server.api.errors import BadRequest


class InboxFailed(BadRequest):
    """No such message for this user in this application, or the backend failed."""

    code = "INBOX_FAILED"
    message = "Unable to process inbox request."
    advice = "Load the list of messages again; if it fails as well, try it later."


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What is wrong with one member of a new message."""

    field: str
    hint: str


class InvalidMessage(Exception):
    """A new message breaks rules of its form: push-and-inbox.md 7.1.

    Args:
        violations: at least one.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        self.violations = violations
        super().__init__(", ".join(violation.field for violation in violations))


class UnknownApplication(Exception):
    """A new message is for applications that do not exist.

    Args:
        application_ids: the unknown ones.
    """

    def __init__(self, application_ids: tuple[str, ...]) -> None:
        self.application_ids = application_ids
        super().__init__(", ".join(application_ids))
