"""Where a body in chunks ends, however its bytes arrive."""

import pytest

from enrollment_server.web.chunks import ChunkScanner

BODIES = [
    (b"0\r\n\r\n", b""),
    (b"2\r\n{}\r\n0\r\n\r\n", b"{}"),
    (b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
    (b"00a;name=value\r\n0123456789\r\n1 ;x\r\nA\r\n0;last\r\n\r\n", b"0123456789A"),
    (b"1\r\na\r\n0\r\nTrailer: value\r\nOther: b\r\n\r\n", b"a"),
]
NEXT = b"GET / HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(("body", "content"), BODIES)
def test_end_is_found_at_once(body: bytes, content: bytes) -> None:
    scanner = ChunkScanner()
    data = bytearray(body + NEXT)
    assert scanner.end(data) == len(body)
    assert scanner.arrived(data) == len(content)


@pytest.mark.parametrize(("body", "content"), BODIES)
def test_end_is_found_when_the_last_byte_has_come(body: bytes, content: bytes) -> None:
    scanner = ChunkScanner()
    for size in range(len(body)):
        data = bytearray(body[:size])
        assert scanner.end(data) is None
        assert scanner.arrived(data) <= len(content)
    assert scanner.end(bytearray(body)) == len(body)


@pytest.mark.parametrize(
    "body",
    [
        b"\r\n",
        b"x\r\n",
        b"-1\r\n",
        b"0x1\r\n",
        b" 1\r\n",
        b"1_0\r\n",
        b"1\r\nabc\r\n",
        b"1\r\na\r\nno size\r\n",
        b"11111111111111111\r\n",
        b"1;" + b"x" * 2000,
        b"0\r\n" + b"A: b\r\n" * 2000,
    ],
)
def test_what_has_no_end_is_refused(body: bytes) -> None:
    scanner = ChunkScanner()
    with pytest.raises(ValueError, match=r"size|end"):
        assert scanner.end(bytearray(body)) is None


def test_content_of_an_unfinished_chunk_counts_as_far_as_it_came() -> None:
    scanner = ChunkScanner()
    for data, arrived in ((b"5\r\n", 0), (b"5\r\nabc", 3), (b"5\r\nabcde\r", 5)):
        assert scanner.end(bytearray(data)) is None
        assert scanner.arrived(bytearray(data)) == arrived
