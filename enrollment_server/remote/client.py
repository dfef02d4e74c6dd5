"""One request to another server: no redirects, no second attempt, a bounded answer, in time."""

import time
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache

from structlog.contextvars import get_contextvars
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Timeout

from enrollment_server.remote.pools import pool_of
from enrollment_server.remote.values import Answer, NoAnswer, RemoteServer

MAX_ANSWER = 32 * 1024 * 1024  # bytes
_PIECE = 64 * 1024  # bytes
_CORRELATION_HEADER = "X-Correlation-ID"

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (EmptyPoolError, "all connections are in use"),
    (ProxyError, "the proxy refuses"),
    (NewConnectionError, "no connection"),
    (ConnectTimeoutError, "no connection in time"),
    (SSLError, "TLS failed"),
    (ReadTimeoutError, "no answer in time"),
    (ProtocolError, "the connection ended"),
)


def post(server: RemoteServer, path: str, body: bytes) -> Answer:
    """Post JSON to a path of a server.

    Whether the server did what it was asked is not known where it does not answer.

    Args:
        path: behind the base of the server, beginning with a slash.

    Raises:
        NoAnswer: no whole answer within the time of the server, or one that is too long.
    """
    return request(server, "POST", path, body=body)


def request(server: RemoteServer, method: str, path: str, *, body: bytes | None = None) -> Answer:
    """Send a request with JSON or nothing in it; else as `post`."""
    last = time.monotonic() + server.connect_s + server.response_s
    try:
        response = pool_of(server).urlopen(
            method,
            server.url + path,
            body=body,
            headers=_headers(server),
            retries=False,
            redirect=False,
            timeout=Timeout(connect=server.connect_s, read=server.response_s),
            pool_timeout=server.wait_s,
            preload_content=False,
            decode_content=False,
        )
        return Answer(status=response.status, body=_whole(response, last))
    except (HTTPError, OSError, ValueError) as error:
        raise NoAnswer(_reason(error)) from error


def _headers(server: RemoteServer) -> Mapping[str, str]:
    headers = dict(_fixed_headers(server))
    identifier = get_contextvars().get("correlation_id")
    if isinstance(identifier, str):
        headers[_CORRELATION_HEADER] = identifier
    return headers


@lru_cache(maxsize=8)
def _fixed_headers(server: RemoteServer) -> Mapping[str, str]:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "enrollment-server",
    }
    if server.username:
        pair = f"{server.username}:{server.password}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
    return headers


def _whole(response: BaseHTTPResponse, last: float) -> bytes:
    """Read an answer as it comes; what is too long or too slow closes the connection."""
    body = bytearray()
    whole = False
    try:
        while piece := response.read1(_PIECE):
            body += piece
            if len(body) > MAX_ANSWER:
                raise NoAnswer("the answer is too long")
            if time.monotonic() > last:
                raise NoAnswer("no whole answer in time")
        whole = True
    finally:
        if whole:
            response.release_conn()
        else:
            response.close()
    return bytes(body)


def _reason(error: Exception) -> str:
    """Name a failure without its text, which may hold addresses and headers."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return f"the request failed ({type(error).__name__})"
