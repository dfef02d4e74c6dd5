"""What a provider answered, and that it did not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_ANSWER = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, whatever its status; names of headers are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Trouble(StrEnum):
    """Why there is no answer of the provider."""

    NO_CONNECTION = "NoConnection"
    NO_HTTP2 = "NoHttp2"
    TLS_FAILED = "TlsFailed"
    PROXY_REFUSED = "ProxyRefused"
    CONNECTION_LOST = "ConnectionLost"
    STREAM_RESET = "StreamReset"
    ANSWER_TOO_LONG = "AnswerTooLong"
    TIMEOUT = "Timeout"


class NoAnswer(Exception):
    """There is no whole answer; whether the provider did what it was asked is not known."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class NotProcessed(NoAnswer):
    """The provider promises that it did nothing, so the same request may be sent again at once."""


class NotBegun(NotProcessed):
    """The connection ended while the request waited for its turn on it."""
