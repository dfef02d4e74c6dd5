"""The stand-in itself: three ports on this machine."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from push.providers.values import Settings
from push.stand_in import certificates
from push.stand_in.accounts import Accounts
from push.stand_in.control import PREFIX, control
from push.stand_in.desks import Desks
from push.stand_in.faults import Behaviour
from push.stand_in.http1_server import Http1Server
from push.stand_in.http2_server import STREAMS, Http2Server
from push.stand_in.https_desk import FCM_TOKEN_PATH, HMS_TOKEN_PATH
from push.stand_in.values import Request

HOST = "127.0.0.1"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class StandIn:
    """Three providers; `desks` tells what came, and lets them fail.

    Args:
        folder: for its certificates.
        first_port: of three consecutive ones; 0 for any.
        streams: how many requests Apple takes at once on a connection.
    """

    def __init__(
        self, accounts: Accounts, folder: Path, *, first_port: int = 0, streams: int = STREAMS
    ) -> None:
        self.desks = Desks(accounts)
        self.accounts = accounts
        self._folder = folder
        self._first_port = first_port
        self._streams = streams
        self._ca_file = certificates.write(folder, HOST)
        self._ports: list[int] = []
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        http2 = certificates.server_context(self._folder, "h2")
        http1 = certificates.server_context(self._folder, "http/1.1")
        kinds = ((self._apns(False), http2), (self._apns(True), http2), (self._https, http1))
        for offset, (serve, context) in enumerate(kinds):
            port = self._first_port + offset if self._first_port else 0
            server = await asyncio.start_server(serve, HOST, port, ssl=context, backlog=1024)
            self._servers.append(server)
            self._ports.append(server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close everything at once."""
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def settings(self, *, connect_s: float = 5, total_s: float = 15) -> Settings:
        """Give what a client has to know."""
        production, development, https = (f"https://{HOST}:{port}" for port in self._ports)
        return Settings(
            apns_url=production,
            apns_development_url=development,
            fcm_url=https,
            fcm_token_url=https + FCM_TOKEN_PATH,
            hms_url=https,
            hms_token_url=https + HMS_TOKEN_PATH,
            ca_file=str(self._ca_file),
            connect_s=connect_s,
            total_s=total_s,
        )

    def environment(self) -> dict[str, str]:
        """Give the settings of a server that sends here."""
        settings = self.settings()
        return {
            "APNS_URL": settings.apns_url,
            "APNS_DEVELOPMENT_URL": settings.apns_development_url,
            "FCM_URL": settings.fcm_url,
            "FCM_TOKEN_URL": settings.fcm_token_url,
            "HMS_URL": settings.hms_url,
            "HMS_TOKEN_URL": settings.hms_token_url,
            "PUSH_CA_FILE": settings.ca_file,
        }

    def _apns(self, development: bool) -> Serve:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._track(
                Http2Server(
                    reader,
                    writer,
                    self.desks.answer_apns,
                    development=development,
                    streams=self._streams,
                )
            )

        return serve

    async def _https(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._track(Http1Server(reader, writer, self._answer_https))

    async def _track(self, connection: Http1Server | Http2Server) -> None:
        task = asyncio.create_task(connection.serve())
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        await asyncio.gather(task, return_exceptions=True)

    async def _answer_https(self, request: Request) -> Behaviour:
        if request.path.startswith(PREFIX):
            return Behaviour(reply=control(self.desks, request))
        return await self.desks.answer_https(request)


@contextmanager
def running(stand_in: StandIn) -> Iterator[StandIn]:
    """Run a stand-in in a thread of its own, for as long as the block takes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="push stand-in", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(stand_in.start(), loop).result()
        yield stand_in
    finally:
        asyncio.run_coroutine_threadsafe(stand_in.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
