"""Requests over HTTP/1.1, on as many connections as it takes; for one event loop.

Each connection is a client of httpx of its own: a pool of httpx looks at all its connections, and
for each of them at all others, whenever a request comes or goes.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from push.providers.transport.tls import tls_context
from push.providers.transport.values import MAX_ANSWER, Answer, NoAnswer, Trouble

CONNECTIONS = 64  # at most; a provider that takes 50 ms gets 1280 messages a second by them
_IDLE_S = 30.0  # seconds after which an unused connection is not trusted to be open any more
_HEADERS = {
    "User-Agent": "enrollment-server",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}
_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (httpx.ProxyError, Trouble.PROXY_REFUSED),
    (httpx.ConnectError, Trouble.NO_CONNECTION),
    (httpx.ConnectTimeout, Trouble.NO_CONNECTION),
    (httpx.TimeoutException, Trouble.TIMEOUT),
)


class Http1:
    """Posts to any address; no redirects, no cookies, no second attempt, a bounded answer."""

    def __init__(self, *, ca_file: str, connect_s: float, total_s: float) -> None:
        self._context = tls_context(ca_file)
        self._total_s = total_s
        self._timeout = httpx.Timeout(total_s, connect=connect_s)
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._closed = False
        self._free: list[httpx.AsyncClient] = []

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post and give the whole answer, in the seconds that an attempt may take.

        Raises:
            NoAnswer
        """
        try:
            async with (
                asyncio.timeout(self._total_s),
                self._client() as client,
                client.stream("POST", url, headers=headers, content=body) as response,
            ):
                return Answer(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _whole(response),
                )
        except TimeoutError as error:
            raise NoAnswer(Trouble.TIMEOUT) from error
        except httpx.HTTPError as error:
            raise NoAnswer(_trouble(error)) from error

    async def close(self) -> None:
        """Close what nobody uses, and the rest once its answers are there."""
        self._closed = True
        while self._free:
            await self._free.pop().aclose()

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        """Give the connection that was used last, or another one."""
        async with self._room:
            client = self._free.pop() if self._free else self._opened()
            try:
                yield client
            finally:
                client.cookies.clear()
                if self._closed:
                    await client.aclose()
                else:
                    self._free.append(client)

    def _opened(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._context,
            timeout=self._timeout,
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=_IDLE_S
            ),
            follow_redirects=False,
            headers=_HEADERS,
        )


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_ANSWER:
            raise NoAnswer(Trouble.ANSWER_TOO_LONG)
    return bytes(body)


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, httpx.ConnectError) and _is_of_tls(error):
        return Trouble.TLS_FAILED
    for kind, trouble in _TROUBLES:
        if isinstance(error, kind):
            return trouble
    return Trouble.CONNECTION_LOST


def _is_of_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
