"""A small HTTP server that remembers what came on which connection."""

import http.server
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CountingServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers a path such as ``/a-1?status=401`` as its query says, and anything else with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths: dict[tuple[str, int], list[str]] = {}
        """Paths and bodies by connection, in order of arrival."""
        self.arrivals: list[float] = []
        self.is_slow = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def heard(self) -> list[list[str]]:
        """Give what each connection sent; in the order of the first ones."""
        return sorted(paths for paths in self.paths.values() if paths)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: CountingServer

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, body: str) -> None:
        self.server.arrivals.append(time.monotonic())
        path, _, wish = self.path.partition("?")
        self.server.paths.setdefault(self.client_address, []).append(path + body)
        if self.server.is_slow:
            time.sleep(0.2)
        if wish == "vanish":
            self.close_connection = True
            return
        self.send_response(int(wish.removeprefix("status=")) if wish.startswith("status=") else 200)
        content = b'{"status": "ERROR", "responseObject": {"code": "NO_\\"WAY\\""}}' * 1
        if wish == "close":
            self.send_header("Connection", "close")
        if wish == "chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (content[:7], content[7:]):
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                time.sleep(0.01)
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def counting_server() -> Iterator[CountingServer]:
    """Serve until the end of the block."""
    with CountingServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
