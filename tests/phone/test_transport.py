"""HTTP: addresses, headers, and what is not followed."""

import pytest

from powerauth.phone.requests.transport import Server
from tests.phone.fake_server import BASE_URL, FakeServer


def test_a_request(server: FakeServer) -> None:
    answer = Server(f"{BASE_URL}/", server.session()).post("/pa/v3/status", b"{}", {"X-A": "b"})
    assert answer.ok
    request = server.seen[0]
    assert (request.method, request.url) == ("POST", f"{BASE_URL}/pa/v3/status")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-A"] == "b"
    assert request.body == b"{}"


def test_own_headers_can_be_replaced(server: FakeServer) -> None:
    types = {"Content-Type": "text/plain"}
    Server(BASE_URL, server.session()).request("POST", "/pa/v3/status", b"", types)
    assert server.seen[0].headers["Content-Type"] == "text/plain"


def test_redirects_are_not_followed(server: FakeServer) -> None:
    server.redirect = f"{BASE_URL}/pa/v3/status/"
    answer = Server(BASE_URL, server.session()).post("/pa/v3/status", b"{}")
    assert (answer.status, answer.ok, len(server.seen)) == (308, False, 1)


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("http://127.0.0.1:8000/context", False),
        ("http://localhost", False),
        ("http://[::1]:8000", False),
        ("https://bank.test", True),
    ],
)
def test_no_proxy_leads_to_this_machine(url: str, trusted: bool) -> None:
    assert Server(url).session.trust_env is trusted
