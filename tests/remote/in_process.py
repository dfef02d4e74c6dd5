"""The other server in this process: calls of it reach its WSGI application directly."""

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from enrollment_server.remote import client
from enrollment_server.remote.values import Answer, RemoteServer
from tests import wsgi

URL = f"{wsgi.BASE_URL}/rest"
PUSH_URL = wsgi.BASE_URL


def be_in_front(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """Send what the engine has to do to the other server; give a list that fills with its calls."""
    settings.POWERAUTH_SERVICE_URL = URL
    settings.POWERAUTH_SERVICE_LINE = "2.0"
    return _calls(monkeypatch)


def be_in_front_of_push(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """Have devices and messages on the other server; give a list that fills with its calls."""
    settings.PUSH_SERVICE_URL = PUSH_URL
    return _calls(monkeypatch)


def _calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    called: list[str] = []

    def request(
        server: RemoteServer, method: str, path: str, *, body: bytes | None = None
    ) -> Answer:
        # Nobody waits for another server while rows are locked.
        assert all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
        called.append(path.partition("?")[0].removeprefix("/v3/").removeprefix("/"))
        answer = wsgi.session().request(
            method, server.url + path, data=body, headers=dict(client._headers(server))
        )
        return Answer(status=answer.status_code, body=answer.content)

    monkeypatch.setattr(client, "request", request)
    return called
