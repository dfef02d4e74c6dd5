"""Messages for tests, written the way the product writes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from inbox import services
from inbox.models import InboxMessage

START = datetime(2022, 8, 25, 22, 34, 58, 702999, tzinfo=UTC)


def write(
    user_id: str,
    applications: Sequence[str],
    *,
    subject: str = "Your card",
    type: str = "text",
    body: str = "Dear Alice, your card is on its way.",
    minutes: int = 0,
) -> InboxMessage:
    """Write a message to a user, `minutes` after the first one of a test."""
    return services.create_message(
        user_id=user_id,
        type=type,
        subject=subject,
        summary="It is on its way",
        body=body,
        applications=applications,
        at=START + timedelta(minutes=minutes),
    )
