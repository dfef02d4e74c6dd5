"""Where a body that comes in chunks ends: RFC 9112, section 7.1.

The scanner only counts; the server's parser reads the body afterwards and decides what is valid.
"""

import re

_MAX_LINE = 1024  # bytes of a line with the size of a chunk
_MAX_TRAILERS = 8192  # bytes
_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;|$)")


class ChunkScanner:
    """Looks for the end of a body while its bytes arrive, each of them once."""

    def __init__(self) -> None:
        self._next_line = 0  # index of the next line with a size, or of the trailers
        self._at_trailers = False
        self._announced = 0  # bytes of content in the chunks whose size is known

    def end(self, data: bytearray) -> int | None:
        """Give the length of the whole body within `data`, None while more has to come.

        Args:
            data: all that has come of the body, and what follows it; the same as before, or more.

        Raises:
            ValueError: no chunks; reading on would find no end.
        """
        while not self._at_trailers:
            line_end = data.find(b"\r\n", self._next_line)
            if line_end < 0:
                self._limit(len(data) - self._next_line, _MAX_LINE)
                return None
            size = _size(bytes(data[self._next_line : line_end]))
            self._next_line = line_end + 2
            self._at_trailers = size == 0
            if size:
                self._announced += size
                self._next_line += size + 2
        return self._end_of_trailers(data)

    def arrived(self, data: bytearray) -> int:
        """Give the number of bytes of content in `data`."""
        if self._at_trailers:
            return self._announced
        return self._announced - max(0, self._next_line - 2 - len(data))

    def _end_of_trailers(self, data: bytearray) -> int | None:
        if data.startswith(b"\r\n", self._next_line):
            return self._next_line + 2
        end = data.find(b"\r\n\r\n", self._next_line)
        if end < 0:
            self._limit(len(data) - self._next_line, _MAX_TRAILERS)
            return None
        return end + 4

    @staticmethod
    def _limit(size: int, limit: int) -> None:
        if size > limit:
            raise ValueError("no end in sight")


def _size(line: bytes) -> int:
    match = _SIZE.match(line)
    if match is None:
        raise ValueError("no size of a chunk")
    return int(match[1], 16)
