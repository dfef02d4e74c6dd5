"""Serving HTTP/1.1, and breaking it on demand."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import h11

from push.stand_in.faults import Behaviour, Kind
from push.stand_in.values import Reply, Request

DRIP_S = 0.05  # seconds between two bytes
Answer = Callable[[Request], Awaitable[Behaviour]]
_MAX_BODY = 1024 * 1024  # bytes
_numbers = itertools.count(1)


class Http1Server:
    """One connection of a client."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._number = next(_numbers)
        self._h11 = h11.Connection(h11.SERVER)

    async def serve(self) -> None:
        """Answer one request after the other until the client or a fault ends it."""
        try:
            while (request := await self._read()) is not None:
                if not await self._behave(await self._answer(request)):
                    break
                self._h11.start_next_cycle()
        except (OSError, h11.ProtocolError):
            pass  # it is gone
        finally:
            self._writer.close()

    async def _read(self) -> Request | None:
        """Give the next whole request; None at the end."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._h11.next_event()
            if event is h11.NEED_DATA:
                self._h11.receive_data(await self._reader.read(64 * 1024))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _MAX_BODY:
                    return None
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Request(
                    method=head.method.decode(),
                    path=head.target.decode(),
                    headers={n.decode(): v.decode("latin-1") for n, v in head.headers},
                    body=bytes(body),
                    connection=self._number,
                )
            else:
                return None

    async def _behave(self, behaviour: Behaviour) -> bool:
        """Do it; give whether the connection goes on."""
        match behaviour.kind:
            case Kind.REPLY | Kind.LAST:
                self._reply(behaviour.reply)
                return behaviour.kind is Kind.REPLY and self._h11.our_state is h11.DONE
            case Kind.HANG:
                await self._reader.read()
            case Kind.DRIP:
                await self._drip()
            case _:
                self._writer.transport.abort()
        return False

    def _reply(self, reply: Reply) -> None:
        headers = [*reply.headers.items(), ("content-length", str(len(reply.body)))]
        self._send(h11.Response(status_code=reply.status, headers=headers))
        self._send(h11.Data(data=reply.body))
        self._send(h11.EndOfMessage())

    async def _drip(self) -> None:
        self._send(h11.Response(status_code=200, headers=[("content-length", "100000")]))
        while not self._writer.is_closing():
            self._send(h11.Data(data=b" "))
            await self._writer.drain()
            await asyncio.sleep(DRIP_S)

    def _send(self, event: h11.Event) -> None:
        self._writer.write(self._h11.send(event) or b"")
