"""The connection to one of Apple's hosts: opened when needed, and again after it has ended."""

import ssl

from push.providers.sharing import Shared
from push.providers.transport.dialing import dial
from push.providers.transport.http2 import Headers, Http2Connection
from push.providers.transport.values import Answer, NotBegun, NotProcessed

ATTEMPTS = 3  # of a request that the host says it has not looked at


class Host:
    """One of Apple's hosts, by one connection.

    Args:
        url: base without a path.
        connect_s: seconds for a connection.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext, connect_s: float) -> None:
        self._url = url
        self._context = context
        self._connect_s = connect_s
        self._connection: Http2Connection | None = None
        self._all: list[Http2Connection] = []
        self._open = Shared(self._opened)
        scheme, _, self._authority = url.partition("://")
        self._fixed = ((":method", "POST"), (":scheme", scheme), (":authority", self._authority))

    async def post(self, path: str, headers: Headers, body: bytes) -> Answer:
        """Post on the connection; what was not looked at goes out again, on another one.

        Raises:
            NoAnswer
        """
        left = ATTEMPTS
        while True:
            connection = self._connection
            if connection is None or not connection.usable:
                connection = await self._open()
            try:
                return await connection.post([*self._fixed, (":path", path), *headers], body)
            except NotProcessed as failure:
                # That others were served first is no attempt.
                if not (isinstance(failure, NotBegun) and connection.has_served):
                    left -= 1
                if not left:
                    raise

    async def close(self) -> None:
        await self._open.close()
        for connection in self._all:
            await connection.close()

    async def _opened(self) -> Http2Connection:
        streams = await dial(self._url, context=self._context, connect_s=self._connect_s)
        connection = self._connection = Http2Connection(*streams)
        # Those before it may be waiting for their last answers yet.
        self._all = [each for each in self._all if not each.has_ended] + [connection]
        return connection
