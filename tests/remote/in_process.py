"""The other server in this process: calls of `/rest/v3` reach its WSGI application directly."""

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.remote import client
from enrollment_server.remote.values import Answer, RemoteServer
from tests import wsgi

URL = f"{wsgi.BASE_URL}/rest"


def be_in_front(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """Send what the engine has to do to the other server; give a list that fills with its calls."""
    settings.POWERAUTH_SERVICE_URL = URL
    called: list[str] = []

    def request(
        server: RemoteServer, method: str, path: str, *, body: bytes | None = None
    ) -> Answer:
        called.append(path.removeprefix("/v3/"))
        answer = wsgi.session().request(
            method, server.url + path, data=body, headers=dict(client._headers(server))
        )
        return Answer(status=answer.status_code, body=answer.content)

    monkeypatch.setattr(client, "request", request)
    return called
