"""A push message as a back end or an event of ours asks for it: push-and-inbox.md 4.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Priority(StrEnum):
    """Whether a sleeping phone wakes up for it."""

    HIGH = "HIGH"
    NORMAL = "NORMAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A title or a body: written out, or a key of the app's own catalogue with its arguments."""

    text: str | None = None
    loc_key: str | None = None
    loc_args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage:
    """What one device gets.

    Args:
        badge: the number on the app's icon; None leaves it as it is, 0 clears it.
        valid_until: no device gets it later.
        extras: JSON values for the app, by name; null values are never sent.
        personal: only for devices whose activation is ACTIVE.
        silent: for the app only: no text, no sound.
    """

    title: Text = Text()
    body: Text = Text()
    badge: int | None = None
    sound: str | None = None
    icon: str | None = None
    category: str | None = None
    collapse_key: str | None = None
    valid_until: datetime | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.HIGH
    personal: bool = False
    silent: bool = False
