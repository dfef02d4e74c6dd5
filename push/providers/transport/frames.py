"""Frames of HTTP/2, as far as one has to know them to survive GOAWAY: RFC 9113 4.1 and 6.8.

h2 takes nothing more from a connection once it has seen GOAWAY, though the provider still answers
what it has begun. So GOAWAY is taken out before h2 sees it.
"""

from dataclasses import dataclass

_HEADER = 9  # bytes
_GOAWAY = 0x7
_MAX_FRAME = 16_384  # bytes: no larger one is allowed without our saying so
_STREAM_ID = 0x7FFF_FFFF


class BadFrame(Exception):
    """What came is no HTTP/2."""


@dataclass(frozen=True, slots=True)
class GoAway:
    """No new streams; those above the last one were not looked at."""

    last_stream_id: int
    error_code: int


class Frames:
    """Cuts what arrives into whole frames."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> tuple[bytes, GoAway | None]:
        """Take what arrived; give the whole frames but GOAWAY, and that apart.

        Raises:
            BadFrame
        """
        self._rest += data
        kept: list[bytes] = []
        goaway: GoAway | None = None
        start = 0
        while len(self._rest) - start >= _HEADER:
            length = int.from_bytes(self._rest[start : start + 3])
            if length > _MAX_FRAME:
                raise BadFrame("the frame is too long")
            end = start + _HEADER + length
            if end > len(self._rest):
                break
            frame = self._rest[start:end]
            if frame[3] == _GOAWAY:
                goaway = _goaway(frame[_HEADER:])
            else:
                kept.append(frame)
            start = end
        self._rest = self._rest[start:]
        return b"".join(kept), goaway


def _goaway(payload: bytes) -> GoAway:
    if len(payload) < 8:
        raise BadFrame("GOAWAY is too short")
    return GoAway(
        last_stream_id=int.from_bytes(payload[:4]) & _STREAM_ID,
        error_code=int.from_bytes(payload[4:8]),
    )
