"""What a phone would send, as the server would get it, for whoever counts what it costs."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer, Server
from tests.house.costs import Environ, environ


class _NotSent(Exception):
    pass


class _Post(Server):
    """Keeps a request to itself."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.base_url, server.session)
        self.kept: Environ = {}

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        self.kept = environ(path, body, **(headers or {}))
        raise _NotSent


def sent_by(phone: Phone, act: Callable[[], Any]) -> Environ:
    """Give the request that a phone makes first; it needs no answer to another one before."""
    server = phone.server
    phone.server = post = _Post(server)
    try:
        with pytest.raises(_NotSent):
            act()
    finally:
        phone.server = server
    return post.kept
