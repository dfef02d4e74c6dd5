"""What is to be sent, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from push.messages.values import PushMessage
from push.models import PushDelivery
from push.providers.values import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to all devices of some users in some applications.

    Args:
        source: one of `MessageSource`.
        cause: what it is about, such as `operation:<id>`.
        texts: title and body by language, instead of the message's own; see `Announcement`.
        activation_ids: the only activations that get it; None for all.
        besides: the activation that does not.
        only_sendable: leave out devices of platforms that the application has no credentials for;
            else they count as failed.
        limited: it rings only as often as a user's phones may ring in a minute.
    """

    application_ids: Sequence[str]
    user_ids: Sequence[str]
    source: str
    message: PushMessage
    cause: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    activation_ids: Sequence[str] | None = None
    besides: str | None = None
    only_sendable: bool = False
    limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A delivery in our hands, and what became of the attempt.

    Args:
        token: where it was sent to; empty if no attempt was made.
    """

    delivery: PushDelivery
    result: Result
    token: str = field(repr=False, default="")
