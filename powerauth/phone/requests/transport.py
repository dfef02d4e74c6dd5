"""HTTP between the phone and its server. Nothing here knows the protocol."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

TIMEOUT_S = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": "SoftwarePhone/1.0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answered."""

    status: int
    """HTTP status."""
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def json(self) -> Any:
        """The decoded body; None if it is no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def success(self) -> bool:
        """Whether the HTTP status is 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def ok(self) -> bool:
        """Whether the server agreed: status 2xx, and the body does not say otherwise.

        An encrypted body has no ``status`` member, which is no objection.
        """
        return self.success and self._member("status") in (None, "OK")

    @property
    def payload(self) -> Any:
        """The ``responseObject``; None if there is none."""
        return self._member("responseObject")

    @property
    def code(self) -> str | None:
        """The error code; None if there is none."""
        return self._error("code")

    @property
    def message(self) -> str | None:
        """The text that goes with the error code; None if there is none."""
        return self._error("message")

    def _member(self, name: str) -> Any:
        body = self.json
        return body.get(name) if isinstance(body, dict) else None

    def _error(self, name: str) -> str | None:
        payload = self.payload
        value = payload.get(name) if isinstance(payload, dict) else None
        return value if isinstance(value, str) else None


class Server:
    """A server at a base address, reached over one HTTP session."""

    def __init__(self, base_url: str, session: requests.Session | None = None) -> None:
        """Remember the address, such as ``http://127.0.0.1:8000/enrollment-server``."""
        self.base_url = base_url.rstrip("/")
        self.session = _session_for(self.base_url) if session is None else session

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Post a body below the base address; see `request`."""
        return self.request("POST", path, body, headers)

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request below the base address.

        Args:
            method: HTTP method.
            path: begins with a slash; a query may follow.
            body: sent as it is.
            headers: besides, or instead of, the usual ones.

        Raises:
            requests.RequestException: no answer came.
        """
        response = self.session.request(
            method,
            self.base_url + path,
            data=body,
            headers={**_HEADERS, **(headers or {})},
            timeout=TIMEOUT_S,
            # A redirected request is another request than the signed one.
            allow_redirects=False,
        )
        return Answer(
            status=response.status_code, content=response.content, headers=response.headers
        )


def _session_for(base_url: str) -> requests.Session:
    session = requests.Session()
    # The proxy of a company network does not lead to a server on this very machine.
    session.trust_env = urlsplit(base_url).hostname not in _LOOPBACK
    return session
