"""Calling a server: connections that are kept, credentials, TLS, proxies, and limits."""

import os
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog

from enrollment_server.remote import client
from enrollment_server.remote.pools import pool_of
from enrollment_server.remote.values import NoAnswer, RemoteServer
from tests.callbacks.pki import make, make_authority
from tests.remote.fault_server import FaultServer, answer, fault_server, json_answer, silent

FINE = json_answer(200, {"status": "OK"})


@pytest.fixture
def away() -> Iterator[FaultServer]:
    with fault_server() as server:
        server.behaviour = FINE
        yield server


def _to(away: FaultServer) -> RemoteServer:
    return RemoteServer(url=away.url, connect_s=1, response_s=1)


def _reason(server: RemoteServer) -> str:
    with pytest.raises(NoAnswer) as failure:
        client.post(server, "/v3/status", b"{}")
    return str(failure.value)


def test_connection_is_kept(away: FaultServer) -> None:
    for _ in range(5):
        assert client.post(_to(away), "/v3/status", b"{}").status == 200
    assert (away.connections, len(away.requests)) == (1, 5)


def test_idle_connection_is_not_trusted(away: FaultServer) -> None:
    server = replace(_to(away), idle_s=0)
    for _ in range(3):
        client.post(server, "/v3/status", b"{}")
    assert away.connections == 3


def test_no_more_connections_than_allowed(away: FaultServer) -> None:
    server = replace(_to(away), connections=1)
    away.behaviour = silent
    blocking = threading.Thread(target=_reason, args=(server,))
    blocking.start()
    while not away.requests:
        time.sleep(0.01)
    assert _reason(replace(server)) in ("all connections are in use", "no answer in time")
    blocking.join()
    away.behaviour = FINE
    assert client.post(server, "/v3/status", b"{}").status == 200


def test_child_opens_its_own_connections(away: FaultServer) -> None:
    client.post(_to(away), "/v3/status", b"{}")
    child = os.fork()
    if not child:
        done = client.post(_to(away), "/v3/status", b"{}").status == 200
        os._exit(0 if done else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    client.post(_to(away), "/v3/status", b"{}")
    assert (away.connections, len(away.requests)) == (2, 3)


def test_credentials_and_correlation(away: FaultServer) -> None:
    server = replace(_to(away), username="integration", password="päss:word")
    with structlog.contextvars.bound_contextvars(correlation_id="correlated-1"):
        client.post(server, "/v3/status", b"{}")
    client.post(_to(away), "/v3/status", b"{}")
    first, second = (request.decode() for request in away.requests)
    expected = b64encode("integration:päss:word".encode()).decode()
    assert f"Authorization: Basic {expected}" in first
    assert "X-Correlation-ID: correlated-1" in first
    assert "Authorization" not in second and "X-Correlation-ID" not in second


def test_redirects_are_not_followed(away: FaultServer) -> None:
    away.behaviour = answer(307, b"", f"Location: {away.url}/elsewhere")
    assert client.post(_to(away), "/v3/status", b"{}").status == 307
    assert len(away.requests) == 1


def test_endless_answer_is_cut(away: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 1000)
    away.behaviour = answer(200, b"x" * 1001)
    assert _reason(_to(away)) == "the answer is too long"
    away.behaviour = answer(200, b"x" * 1000)
    assert len(client.post(_to(away), "/v3/status", b"{}").body) == 1000


def test_restart_of_the_server_costs_nothing(away: FaultServer) -> None:
    """A connection that the server has closed meanwhile is noticed before it is used."""

    def once(connection: object) -> bool:
        FINE(connection)  # type: ignore[arg-type] # a socket
        return False

    away.behaviour = once
    for _ in range(3):
        assert client.post(_to(away), "/v3/status", b"{}").status == 200
        time.sleep(0.05)
    assert away.connections == 3


class _Fine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust this server hangs up."""


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[RemoteServer, Path]]:
    """A server that wants to see a certificate of the bank's authority."""
    authority = make_authority(tmp_path)
    server = _Quiet(("127.0.0.1", 0), _Fine)
    server.socket = authority.server(ask=True).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = make("enrollment-server", issuer=authority.pair)
    (tmp_path / "own.pem").write_bytes(own.pem())
    yield (
        RemoteServer(
            url=f"https://127.0.0.1:{server.server_port}",
            response_s=2,
            ca_file=authority.trust_pem(),
            certificate_file=str(tmp_path / "own.pem"),
        ),
        tmp_path,
    )
    server.shutdown()
    server.server_close()


def test_both_sides_show_a_certificate(tls: tuple[RemoteServer, Path]) -> None:
    assert client.post(tls[0], "/v3/status", b"{}").status == 200


def test_unknown_authority(tls: tuple[RemoteServer, Path]) -> None:
    assert _reason(replace(tls[0], ca_file="")) == "TLS failed"


def test_certificate_for_another_name(tls: tuple[RemoteServer, Path]) -> None:
    url = tls[0].url.replace("127.0.0.1", "localhost")
    assert _reason(replace(tls[0], url=url)) == "TLS failed"


def test_no_certificate_of_ours(tls: tuple[RemoteServer, Path]) -> None:
    assert _reason(replace(tls[0], certificate_file="")) in ("TLS failed", "the connection ended")


def test_file_that_is_gone(tls: tuple[RemoteServer, Path]) -> None:
    gone = str(tls[1] / "gone.pem")
    assert _reason(replace(tls[0], ca_file=gone)) == "the request failed (FileNotFoundError)"


def test_old_tls_is_not_spoken(tls: tuple[RemoteServer, Path]) -> None:
    context = pool_of(tls[0]).connection_pool_kw["ssl_context"]
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_proxy_gets_its_credentials_and_the_server_none_of_them() -> None:
    with fault_server() as proxy:
        proxy.behaviour = FINE
        address = proxy.url.removesuffix("/rest").replace("//", "//user:secret@")
        server = RemoteServer(url="http://powerauth.bank.example/rest", proxy=address)
        assert client.post(server, "/v3/status", b"{}").status == 200
    (request,) = proxy.requests
    assert request.startswith(b"POST http://powerauth.bank.example/rest/v3/status HTTP/1.1")
    assert b"proxy-authorization: Basic " + b64encode(b"user:secret") in request.replace(
        b"Proxy-Authorization", b"proxy-authorization"
    )


def test_environment_names_no_proxy(away: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert client.post(_to(away), "/v3/status", b"{}").status == 200


def test_secrets_are_in_no_description() -> None:
    server = RemoteServer(url="http://x", password="secret-1", proxy="http://u:secret-2@p")
    assert "secret" not in repr(server)
