"""Posting to a receiver: certificates always checked, no redirects, no proxies, a last moment.

A receiver is trusted with events, not with this process: what it answers is not read beyond the
headers, or only so far as is asked for, and it cannot hold a thread by answering slowly.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from powerauth.callbacks import timing
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.engine.callbacks import callback_urls
from powerauth.errors import EngineRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver answered; `body` holds only as much as was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Deadline:
    """Cuts the connections of one request off at its last moment.

    The time-outs of sockets start anew with each byte that arrives, so they alone would let a
    receiver answer for hours.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connected: socket.socket) -> None:
        """Cut this connection off too; a duplicate of it outlives the wrapping by TLS."""
        with self._lock:
            self._sockets.append(connected.dup())
            late = self.passed
        if late:  # to find the address has taken all the time
            self._cut()

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            while self._sockets:
                self._sockets.pop().close()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            for one in self._sockets:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:  # the receiver was faster
                    continue


class _Adapter(HTTPAdapter):
    """Trusts what `context` trusts, and nobody else."""

    def __init__(self, context: ssl.SSLContext, deadline: Deadline) -> None:
        self._context = context
        self._deadline = deadline
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the choice of authorities to the context; requests would add its own."""
        conn.cert_reqs = "CERT_REQUIRED"

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        made = super().get_connection_with_tls_context(*args, **kwargs)
        pool = cast(HTTPConnectionPool, made)
        deadline, plain = self._deadline, pool.ConnectionCls

        class Watched(plain):  # type: ignore[misc, valid-type] # plain or TLS, by the URL
            def _new_conn(self) -> socket.socket:
                connected: socket.socket = super()._new_conn()
                deadline.watch(connected)
                return connected

        pool.ConnectionCls = Watched
        return pool


class _Session(requests.Session):
    """Follows no redirect, and does not read the body of one either."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    context: ssl.SSLContext,
    read: int = 0,
) -> Answer:
    """Post to a URL and give the answer, whatever its status.

    Args:
        read: bytes of the answer's body to read at most.

    Raises:
        DeliveryFailed: the URL may not be called, or there was no answer in time.
    """
    try:
        callback_urls.check(url)
    except EngineRefusal as error:
        raise DeliveryFailed("the URL may not be called") from error
    connect_s, response_s = timing.timeouts()
    with _Session() as session, Deadline(connect_s + response_s) as deadline:
        session.trust_env = False
        session.headers.clear()
        adapter = _Adapter(context, deadline)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        try:
            with session.post(
                url,
                data=body,
                headers=dict(headers),
                timeout=(connect_s, response_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = response.raw.read(read, decode_content=False) if read else b""
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise DeliveryFailed("time-out" if deadline.passed else _reason(error)) from error
        # Headers that are cut off look as if they had ended.
        if deadline.passed:
            raise DeliveryFailed("time-out")
        return Answer(status=response.status_code, headers=response.headers, body=content)


def _reason(error: Exception) -> str:
    """Name a failure without its text, which may hold addresses and headers."""
    if isinstance(error, requests.Timeout):
        return "time-out"
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed"
    if isinstance(error, requests.ConnectionError):
        return "connection failed"
    return f"request failed: {type(error).__name__}"
