"""Requests over HTTP/1.1, on as many connections as it takes; for one event loop."""

import ssl
from collections.abc import Mapping

import httpx

from push.providers.transport.tls import tls_context
from push.providers.transport.values import MAX_ANSWER, Answer, NoAnswer, Trouble

CONNECTIONS = 100
_IDLE_S = 30.0  # seconds after which an unused connection is not trusted to be open any more

_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (httpx.ProxyError, Trouble.PROXY_REFUSED),
    (httpx.ConnectError, Trouble.NO_CONNECTION),
    (httpx.ConnectTimeout, Trouble.NO_CONNECTION),
    (httpx.TimeoutException, Trouble.TIMEOUT),
)


class Http1:
    """Posts to any address; no redirects, no cookies, no second attempt, a bounded answer."""

    def __init__(self, *, ca_file: str, connect_s: float, total_s: float) -> None:
        self._client = httpx.AsyncClient(
            verify=tls_context(ca_file),
            timeout=httpx.Timeout(total_s, connect=connect_s),
            limits=httpx.Limits(
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=_IDLE_S,
            ),
            follow_redirects=False,
            headers={
                "User-Agent": "enrollment-server",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
        )

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post and give the answer; the caller sees to it that it comes in time.

        Raises:
            NoAnswer
        """
        try:
            async with self._client.stream("POST", url, headers=headers, content=body) as response:
                return Answer(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _whole(response),
                )
        except httpx.HTTPError as error:
            raise NoAnswer(_trouble(error)) from error
        finally:
            self._client.cookies.clear()

    async def close(self) -> None:
        await self._client.aclose()


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_ANSWER:
            raise NoAnswer(Trouble.ANSWER_TOO_LONG)
    return bytes(body)


def _trouble(error: Exception) -> Trouble:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Trouble.TLS_FAILED
        cause = cause.__cause__ or cause.__context__
    for kind, trouble in _TROUBLES:
        if isinstance(error, kind):
            return trouble
    return Trouble.CONNECTION_LOST
