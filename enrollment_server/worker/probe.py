"""The worker's own port: `/livez`, `/readyz` and `/metrics`, for those who watch it.

Whoever is slow or comes in numbers gets no answer; the work goes on.
"""

import json
import socket
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from enrollment_server.api.clients import is_within
from enrollment_server.serving.metrics import registry

AT_ONCE = 8  # connections
TIMEOUT_S = 5.0  # for a request to arrive, and for an answer to be taken


class Watched(Protocol):
    """What there is to tell of a worker."""

    def is_alive(self) -> bool:
        """Tell whether it still gets on."""

    def is_ready(self) -> bool:
        """Tell whether it does its work."""


class _Handler(BaseHTTPRequestHandler):
    timeout = TIMEOUT_S
    server: "ProbeServer"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics" and is_within(self.client_address[0], settings.METRICS_ALLOWED):
            self._answer(HTTPStatus.OK, generate_latest(registry()), CONTENT_TYPE_LATEST)
        elif path == "/livez":
            self._tell(self.server.watched.is_alive())
        elif path == "/readyz":
            self._tell(self.server.watched.is_ready())
        else:
            self._answer_json(HTTPStatus.NOT_FOUND, {"status": "NOT_FOUND"})

    def _tell(self, up: bool) -> None:
        status = HTTPStatus.OK if up else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer_json(status, {"status": "UP" if up else "DOWN"})

    def _answer_json(self, status: HTTPStatus, content: Mapping[str, str]) -> None:
        self._answer(status, json.dumps(content).encode(), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


class ProbeServer(ThreadingHTTPServer):
    """Answers on a socket until the process ends."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, watched: Watched) -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_address = listener.getsockname()
        self.watched = watched
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def start(self) -> None:
        """Answer in a thread of its own."""
        threading.Thread(target=self.serve_forever, name="probe", daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""
