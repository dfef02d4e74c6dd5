"""One request on an HTTP/2 connection, until it has its answer."""

import asyncio
from collections.abc import Iterable
from typing import Any

from push.providers.transport.values import Answer, NoAnswer


class Stream:
    """What has come of an answer."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.is_sent = False
        self.has_ended = False
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        # Whoever gave up does not look at what became of it.
        self.answer.add_done_callback(lambda done: done.cancelled() or done.exception())

    def begin(self, headers: Iterable[tuple[Any, Any]]) -> None:
        """Take the status and the headers."""
        self._headers.update(headers)

    def add(self, data: bytes, *, limit: int) -> bool:
        """Take a piece of the body; give whether the answer is still short enough."""
        self._body += data
        return len(self._body) <= limit

    def end(self) -> None:
        """The answer is whole."""
        self.has_ended = True
        if not self.answer.done():
            status = int(self._headers.pop(":status", "0"))
            self.answer.set_result(
                Answer(status=status, headers=self._headers, body=bytes(self._body))
            )

    def fail(self, failure: NoAnswer, *, ended: bool = False) -> None:
        """There will be no answer; `ended` tells that the stream needs no reset."""
        self.has_ended = self.has_ended or ended
        if not self.answer.done():
            self.answer.set_exception(failure)
