"""Cutting HTTP/2 into frames, whatever the network did to them."""

import itertools

import pytest
from hyperframe.frame import DataFrame, GoAwayFrame, PingFrame
from hypothesis import given
from hypothesis import strategies as st

from push.providers.transport.frames import BadFrame, Frames, GoAway

PING = PingFrame(0, opaque_data=b"12345678").serialize()
DATA = DataFrame(7, data=b"x" * 300).serialize()
GOAWAY = GoAwayFrame(
    0, last_stream_id=5, error_code=2, additional_data=b'{"reason":"x"}'
).serialize()


@given(st.lists(st.integers(0, 700), max_size=6))
def test_frames_come_whole_however_they_arrive(cuts: list[int]) -> None:
    stream = PING + DATA + GOAWAY + PING + DATA
    frames, kept, seen = Frames(), b"", []
    edges = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    for start, end in itertools.pairwise(edges):
        whole, goaway = frames.take(stream[start:end])
        kept += whole
        seen += [goaway] if goaway else []
    assert kept == PING + DATA + PING + DATA
    assert seen == [GoAway(last_stream_id=5, error_code=2)]


def test_frame_waits_for_its_end() -> None:
    frames = Frames()
    assert frames.take(DATA[:-1]) == (b"", None)
    assert frames.take(DATA[-1:]) == (DATA, None)


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x40\x01\x00" + b"\x00" * 5]
)
def test_frame_that_is_too_long_is_none(data: bytes) -> None:
    with pytest.raises(BadFrame):
        Frames().take(data)


def test_goaway_has_to_say_how_far_it_went() -> None:
    with pytest.raises(BadFrame):
        Frames().take(b"\x00\x00\x04\x07\x00\x00\x00\x00\x00\x00\x00\x00\x05")
