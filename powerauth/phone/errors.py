"""Errors of the phone. No message carries a key, a PIN, a code, a header or a body."""

from collections.abc import Iterator
from contextlib import contextmanager

from powerauth.phone.requests.transport import Answer
from powerauth.protocol.errors import ProtocolError


class PhoneFailure(Exception):
    """The server refused what the phone asked for."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer of the server."""
        super().__init__(f"HTTP {answer.status}, {answer.code or 'no error code'}")
        self.answer = answer


class UntrustworthyAnswer(Exception):
    """An answer fails a check: a MAC, a signature, an echo, or its form."""


class BadCode(ValueError):
    """A text is no activation code, or its signature is not that of the application."""


class BadQrCode(ValueError):
    """A text is no QR code with an operation, or the bank did not sign it for this phone."""


class BiometryForbidden(ValueError):
    """An operation does not allow biometry."""


class NotActivated(Exception):
    """The phone holds no activation."""


class PinMissing(ValueError):
    """The knowledge factor is wanted, and no PIN was given."""


class BiometryMissing(ValueError):
    """The biometry factor is wanted, and the phone has none."""


class UpgradeUnfinished(Exception):
    """An upgrade waits for its confirmation, and what is wanted would be lost with it."""


class UpgradeNotOffered(Exception):
    """The server does not offer an upgrade to this activation."""


class IncompleteCommand(ValueError):
    """The command line lacks a word."""


class CounterDeadlock(Exception):
    """The counters of phone and server are too far apart; only a new activation helps."""


class DamagedState(ValueError):
    """The file of a phone cannot be read as one."""


@contextmanager
def distrusting(what: str) -> Iterator[None]:
    """Turn a protocol error in an answer into `UntrustworthyAnswer`.

    Args:
        what: name of the checked thing, for the message.
    """
    try:
        yield
    except ProtocolError as error:
        raise UntrustworthyAnswer(f"{what}: {error}") from error
