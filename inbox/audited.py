"""What the audit log tells of messages: to whom and about what, not what the bank wrote."""

from inbox.models import InboxMessage
from powerauth.engine.audit.audited import Kind, Lock, Members, Summary, register
from powerauth.engine.identifiers import parse_id

MESSAGE = "message"
MAILBOX = "mailbox"


def register_kinds() -> None:
    """Make messages, and all messages of a user together, known to the audit log."""
    register(
        Kind(
            name=MESSAGE,
            model=InboxMessage,
            columns=("user_id", "type", "subject", "read", "read_at"),
            computed={"applications": _applications},
            parse=lambda value: parse_id(str(value)),
            lock=Lock.NONE,
        ),
        Summary(name=MAILBOX, tell=_mailbox),
    )


def _applications(message: InboxMessage) -> object:
    return sorted(message.applications.values_list("application_id", flat=True))


def _mailbox(user_id: str) -> Members:
    return {"unread": InboxMessage.objects.unread().filter(user_id=user_id).count()}
