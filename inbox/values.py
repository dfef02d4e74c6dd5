"""What the mobile layer and its backends tell each other about messages. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: the user of an activation, with the application that it belongs to."""

    user_id: str
    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list: `number` from 0, `size` in messages."""

    number: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A message as a list shows it; `type` is `text` or `html`."""

    id: str
    type: str
    subject: str = field(repr=False)
    summary: str = field(repr=False)
    read: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail(Summary):
    """A message with its body."""

    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Detail):
    """All that is known of a message; `read_at` is None until somebody reads it."""

    user_id: str
    read_at: datetime | None
    application_ids: tuple[str, ...]
