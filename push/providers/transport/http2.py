"""One HTTP/2 connection with many requests on it at once; for one event loop.

httpx would do but for its HTTP/2, which loses answers after GOAWAY, so that messages go out twice,
does not reset what is given up, and takes four times as long (docs/adr/0008).
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError

from push.providers.transport.dialing import FAREWELL_S
from push.providers.transport.frames import BadFrame, Frames, GoAway
from push.providers.transport.slots import Slots
from push.providers.transport.streams import Stream
from push.providers.transport.values import (
    MAX_ANSWER,
    Answer,
    NoAnswer,
    NotBegun,
    NotProcessed,
    Trouble,
)

MAX_STREAMS = 1000  # at once, whatever the provider would allow
_WINDOW = 2**24  # bytes that the provider may send in advance
_PIECE = 64 * 1024  # bytes

Headers = Iterable[tuple[str, str]]


class Http2Connection:
    """A connection that has been opened.

    Attributes:
        usable: whether it takes further requests.
        has_served: whether any of them was answered.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = Frames()
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._streams: dict[int, Stream] = {}
        # Nothing is sent before the provider has said how much it takes at once.
        self._slots = Slots(0)
        self._moved = asyncio.Event()
        self._heard_at = 0.0
        self.usable = True
        self.has_served = False
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(_WINDOW)
        self._flush()
        self._reading = asyncio.create_task(self._read())

    async def post(self, headers: Headers, body: bytes) -> Answer:
        """Send a request, and wait for its answer; given up, it is reset.

        Args:
            headers: with those of HTTP/2 that begin with a colon first.

        Raises:
            NoAnswer: there is none; of the kind NotProcessed if the provider did nothing.
        """
        began_at = asyncio.get_running_loop().time()
        try:
            await self._slots.take()
            try:
                return await self._exchange(headers, body)
            finally:
                self._slots.give_back()
        except asyncio.CancelledError:
            # Not a word since: whoever is at the other end, it is of no use any more.
            if self._heard_at < began_at:
                self.retire()
            raise
        finally:
            self._close_if_done()

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing comes any more."""
        return self._reading.done()

    def retire(self) -> None:
        """Take no further requests, and close the connection after the last answer."""
        self.usable = False
        self._slots.close()
        self._close_if_done()

    async def close(self) -> None:
        """Close the connection at once."""
        self.retire()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(2 * FAREWELL_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()

    async def _exchange(self, headers: Headers, body: bytes) -> Answer:
        if not self.usable:
            raise NotBegun(Trouble.CONNECTION_LOST)
        try:
            stream_id = self._h2.get_next_available_stream_id()
            self._h2.send_headers(stream_id, headers)
        except ProtocolError as error:
            self.retire()
            raise NotProcessed(Trouble.CONNECTION_LOST) from error
        stream = self._streams[stream_id] = Stream()
        try:
            await self._send(stream_id, stream, body)
            return await stream.answer
        finally:
            del self._streams[stream_id]
            if not (stream.has_ended and stream.is_sent):
                self._reset(stream_id)

    async def _send(self, stream_id: int, stream: Stream, body: bytes) -> None:
        """Send the body as the provider makes room for it, unless it answers before."""
        at = 0
        while not stream.answer.done():
            room = self._h2.local_flow_control_window(stream_id)
            size = min(room, self._h2.max_outbound_frame_size, len(body) - at)
            if size > 0 or not body:
                at += size
                self._h2.send_data(stream_id, body[at - size : at], end_stream=at == len(body))
            if at == len(body):
                stream.is_sent = True
                break
            if size <= 0:
                self._flush()
                await self._moved.wait()
        self._flush()

    def _reset(self, stream_id: int) -> None:
        try:
            self._h2.reset_stream(stream_id, ErrorCodes.CANCEL)
        except ProtocolError:
            return  # it has ended meanwhile
        self._flush()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and not self._writer.is_closing():
            self._writer.write(data)

    def _close_if_done(self) -> None:
        if not self.usable and not self._streams:
            self._writer.close()

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_PIECE):
                self._heard_at = asyncio.get_running_loop().time()
                frames, goaway = self._frames.take(data)
                for event in self._h2.receive_data(frames):
                    self._take(event)
                if goaway is not None:
                    self._go_away(goaway)
                self._flush()
        except (OSError, ProtocolError, BadFrame, ValueError):
            pass  # the same as an end
        finally:
            self._end()

    def _take(self, event: Event) -> None:
        match event:
            case ResponseReceived(stream_id=stream_id, headers=headers):
                if stream := self._streams.get(stream_id):
                    stream.begin(headers or [])
            case DataReceived(stream_id=stream_id, data=data):
                self._h2.acknowledge_received_data(event.flow_controlled_length or 0, stream_id)
                stream = self._streams.get(stream_id)
                if stream and not stream.add(data or b"", limit=MAX_ANSWER):
                    stream.fail(NoAnswer(Trouble.ANSWER_TOO_LONG))
            case StreamEnded(stream_id=stream_id):
                self.has_served = True
                if stream := self._streams.get(stream_id):
                    stream.end()
            case StreamReset(stream_id=stream_id, error_code=code):
                if stream := self._streams.get(stream_id):
                    refused = code == ErrorCodes.REFUSED_STREAM
                    kind = NotProcessed if refused else NoAnswer
                    stream.fail(kind(Trouble.STREAM_RESET), ended=True)
                self._move()
            case RemoteSettingsChanged():
                limit = self._h2.remote_settings.max_concurrent_streams
                self._slots.resize(min(limit, MAX_STREAMS))
                self._move()
            case WindowUpdated():
                self._move()

    def _move(self) -> None:
        """Wake those who wait for room to send."""
        self._moved.set()
        self._moved = asyncio.Event()

    def _go_away(self, goaway: GoAway) -> None:
        for stream_id, stream in self._streams.items():
            if stream_id > goaway.last_stream_id:
                stream.fail(NotProcessed(Trouble.CONNECTION_LOST), ended=True)
        self._move()
        self.retire()

    def _end(self) -> None:
        self.usable = False
        for stream in self._streams.values():
            stream.fail(NoAnswer(Trouble.CONNECTION_LOST), ended=True)
        self._slots.close()
        self._move()
        self._writer.close()
