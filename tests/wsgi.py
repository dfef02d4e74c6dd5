"""Real HTTP requests against the WSGI application, without a socket in between."""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from enrollment_server.wsgi import application

BASE_URL = "http://testserver"


@contextmanager
def _connection_kept() -> Iterator[None]:
    """Keep the connection of a test that runs in one transaction across the ends of requests."""
    if not connection.in_atomic_block:
        yield
        return
    # Within a request of a server in front of this one, they are disconnected already.
    signals = [
        signal
        for signal in (request_started, request_finished)
        if signal.disconnect(close_old_connections)
    ]
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class WsgiAdapter(BaseAdapter):
    """Hand the requests of a session to the application as a WSGI server would."""

    def __init__(self, remote_address: str = "127.0.0.1") -> None:
        super().__init__()
        self.remote_address = remote_address

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            started.update(status=int(status.split(" ", 1)[0]), headers=headers)

        with _connection_kept():
            chunks: Iterable[bytes] = application(self._environ(request), start_response)
            body = b"".join(chunks)
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return self._response(request, started, body)

    def _environ(self, request: requests.PreparedRequest) -> dict[str, Any]:
        url = urlsplit(request.url or "")
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "iso-8859-1"),
            "QUERY_STRING": url.query,
            "CONTENT_LENGTH": str(len(data)),
            "SERVER_NAME": url.hostname,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.remote_address,
            "HTTP_HOST": url.netloc,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(data),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key != "CONTENT_LENGTH":
                environ[f"HTTP_{key}"] = value
        return environ

    def _response(
        self, request: requests.PreparedRequest, started: dict[str, Any], body: bytes
    ) -> requests.Response:
        response = requests.Response()
        response.status_code = started["status"]
        response.reason = HTTPStatus(started["status"]).phrase
        response.headers.update(dict(started["headers"]))
        response.url = request.url or ""
        response.request = request
        response.raw = HTTPResponse(body=io.BytesIO(body), preload_content=False)
        response._content = body
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def session(remote_address: str = "127.0.0.1") -> requests.Session:
    """Give a session whose requests to `BASE_URL` reach the application."""
    http = requests.Session()
    http.trust_env = False
    http.mount(BASE_URL, WsgiAdapter(remote_address))
    return http
