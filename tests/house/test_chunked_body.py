"""Bodies without a declared length, as Java clients send them."""

import io
from collections.abc import Iterable
from typing import Any

import pytest

from enrollment_server.wsgi import ChunkedBody

LIMIT = 10  # bytes


def _seen(body: bytes, **environ: Any) -> tuple[str, bytes]:
    """Give the length and the body that an application behind the wrapper reads."""
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.update(environ)
        return []

    given = {"wsgi.input": io.BytesIO(body), **environ}
    ChunkedBody(application, LIMIT)(given, lambda *args: lambda data: None)
    return seen.get("CONTENT_LENGTH", ""), seen["wsgi.input"].read()


def test_a_chunked_body_gets_its_length() -> None:
    assert _seen(b"{}", **{"wsgi.input_terminated": True}) == ("2", b"{}")


def test_a_chunked_body_is_cut_behind_the_limit() -> None:
    length, body = _seen(b"x" * 100, **{"wsgi.input_terminated": True})
    assert (length, len(body)) == (str(LIMIT + 1), LIMIT + 1)


@pytest.mark.parametrize("terminated", [True, False])
def test_a_declared_length_stands(terminated: bool) -> None:
    environ = {"wsgi.input_terminated": terminated, "CONTENT_LENGTH": "2"}
    assert _seen(b"{} and more", **environ) == ("2", b"{} and more")


def test_a_stream_without_end_is_not_read() -> None:
    assert _seen(b"{}") == ("", b"{}")
