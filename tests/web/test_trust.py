"""What the server's parser believes of a proxy: nothing, unless its configuration names one."""

from typing import Any

import pytest
from gunicorn.config import Config

from enrollment_server.web.connection import _Received, _Request

HEAD = b"GET /livez HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n"


def scheme(believed: str, client: Any) -> Any:
    config = Config()
    config.set("forwarded_allow_ips", believed)
    unreader = _Received()
    unreader.unread(HEAD)
    return _Request(config, unreader, client).scheme


@pytest.mark.parametrize("client", [("127.0.0.1", 1), ("::1", 1, 0, 0), "/a/socket", b""])
def test_nobody_is_believed_where_nobody_is_named(client: Any) -> None:
    assert scheme("", client) == "http"


def test_a_named_proxy_is_believed() -> None:
    assert scheme("127.0.0.1", ("127.0.0.1", 1)) == "https"
    assert scheme("127.0.0.1", ("127.0.0.2", 1)) == "http"
