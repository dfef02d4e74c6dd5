"""How far a long command is: a line that changes on a terminal, log lines elsewhere."""

import logging
import time
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper

logger = logging.getLogger(__name__)

_TERMINAL_S = 0.2  # between two changes of the line
_LOG_S = 10.0  # between two log lines


class Progress:
    """Counts what is done of something, in a `with` block; what is short leaves no log line.

    Args:
        what: names the work, such as `powerauth.Token.secret`.
        total: how much there is to do, None if that is not known.
        stream: standard error of the command, which may be a terminal.
    """

    def __init__(self, what: str, total: int | None, *, stream: OutputWrapper) -> None:
        self._what = what
        self._total = total
        self._stream = stream
        self._terminal = bool(stream.isatty())
        self._done = 0
        self._logged = False
        self._told_at = time.monotonic()

    def advance(self, number: int = 1) -> None:
        """Count further work as done."""
        self._done += number
        pause = _TERMINAL_S if self._terminal else _LOG_S
        if time.monotonic() - self._told_at >= pause:
            self._tell()

    def __enter__(self) -> Self:
        if self._terminal:
            self._tell()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._terminal:
            self._write("\r\033[K")
        elif self._logged:
            self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self._terminal:
            of = "" if self._total is None else f" of {self._total}"
            self._write(f"\r\033[K{self._what}: {self._done}{of}")
            return
        self._logged = True
        if self._total is None:
            logger.info("%s: %d", self._what, self._done)
        else:
            logger.info("%s: %d of %d", self._what, self._done, self._total)

    def _write(self, text: str) -> None:
        self._stream.write(text, ending="")
        self._stream.flush()
