"""Serving HTTP/2, and breaking it on demand."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from push.stand_in.faults import Behaviour, Kind
from push.stand_in.values import Reply, Request

STREAMS = 1000  # at once, once a message was taken; one before that, as Apple has it
DRIP_S = 0.05  # seconds between two bytes
Answer = Callable[[Request], Awaitable[Behaviour]]
_numbers = itertools.count(1)


@dataclass(slots=True)
class _Incoming:
    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)


class Http2Server:
    """One connection of a client.

    Args:
        streams: how many requests it takes at once.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: Answer,
        *,
        development: bool,
        streams: int = STREAMS,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._development = development
        self._most = streams
        self._number = next(_numbers)
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._h2.local_settings = Settings(
            client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: 1}
        )
        self._opened = False
        self._last: int | None = None
        self._highest = 0
        self._incoming: dict[int, _Incoming] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Answer until the client or a fault ends it."""
        self._h2.initiate_connection()
        self._flush()
        try:
            while data := await self._reader.read(64 * 1024):
                for event in self._h2.receive_data(data):
                    self._take(event)
                self._flush()
        except (OSError, ProtocolError):
            pass  # it is gone
        finally:
            for task in self._tasks:
                task.cancel()
            self._writer.close()

    def _take(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=stream_id):
                self._incoming[stream_id] = _Incoming(
                    [(str(n), str(v)) for n, v in event.headers or []]
                )
            case DataReceived(stream_id=stream_id):
                self._h2.acknowledge_received_data(event.flow_controlled_length or 0, stream_id)
                if incoming := self._incoming.get(stream_id):
                    incoming.body += event.data or b""
            case StreamEnded(stream_id=stream_id):
                if incoming := self._incoming.pop(stream_id, None):
                    task = asyncio.create_task(self._process(stream_id, incoming))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            case StreamReset(stream_id=stream_id):
                self._incoming.pop(stream_id, None)

    async def _process(self, stream_id: int, incoming: _Incoming) -> None:
        behaviour = await self._answer(self._request(stream_id, incoming))
        try:
            await self._behave(stream_id, behaviour)
        except (ProtocolError, OSError):
            return  # the client did not wait
        self._flush()

    def _is_wanted(self, stream_id: int) -> bool:
        if self._last is not None and stream_id > self._last:
            return False
        self._highest = max(self._highest, stream_id)
        return True

    def _request(self, stream_id: int, incoming: _Incoming) -> Request:
        headers = dict(incoming.headers)
        return Request(
            method=headers.pop(":method", ""),
            path=headers.pop(":path", ""),
            headers=headers,
            body=bytes(incoming.body),
            development=self._development,
            connection=self._number,
            is_wanted=lambda: self._is_wanted(stream_id),
            has_duplicate_headers=len(set(incoming.headers)) < len(incoming.headers)
            or len({name for name, _ in incoming.headers}) < len(incoming.headers),
        )

    async def _behave(self, stream_id: int, behaviour: Behaviour) -> None:
        match behaviour.kind:
            case Kind.HANG:
                return
            case Kind.RESET:
                self._writer.transport.abort()
            case Kind.RESET_STREAM:
                self._h2.reset_stream(stream_id, ErrorCodes.INTERNAL_ERROR)
            case Kind.REFUSE_STREAM:
                self._h2.reset_stream(stream_id, ErrorCodes.REFUSED_STREAM)
            case Kind.GO_AWAY:
                if not self._go_away(stream_id - 1):
                    self._h2.reset_stream(stream_id, ErrorCodes.REFUSED_STREAM)
            case Kind.DRIP:
                await self._drip(stream_id)
            case Kind.LAST:
                self._go_away(max(stream_id, self._highest))
                await asyncio.sleep(DRIP_S)
                await self._reply(stream_id, behaviour.reply)
            case Kind.REPLY:
                await self._reply(stream_id, behaviour.reply)

    async def _reply(self, stream_id: int, reply: Reply) -> None:
        headers = [(":status", str(reply.status)), *reply.headers.items()]
        self._h2.send_headers(stream_id, headers, end_stream=not reply.body)
        left = reply.body
        while left:
            room = self._h2.local_flow_control_window(stream_id)
            size = min(room, self._h2.max_outbound_frame_size, len(left))
            if size:
                piece, left = left[:size], left[size:]
                self._h2.send_data(stream_id, piece, end_stream=not left)
            self._flush()
            await asyncio.sleep(0 if size else DRIP_S)
        if reply.status == 200 and not self._opened:
            self._opened = True
            self._h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: self._most})

    async def _drip(self, stream_id: int) -> None:
        self._h2.send_headers(stream_id, [(":status", "400")])
        while True:
            self._h2.send_data(stream_id, b" ")
            self._flush()
            await asyncio.sleep(DRIP_S)

    def _go_away(self, last: int) -> bool:
        """Go away after a stream; not if that would be a lie: a later one was looked at."""
        if self._last is not None or last < self._highest - 1:
            return False
        self._last = last
        # h2 would answer no stream any more.
        frame = GoAwayFrame(0, last_stream_id=last, error_code=0, additional_data=b"{}")
        self._flush()
        self._writer.write(frame.serialize())
        return True

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._writer.is_closing():
            self._writer.write(data)
