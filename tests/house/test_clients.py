"""Where a request came from: X-Forwarded-For counts as far as trusted proxies vouch for it."""

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from enrollment_server.api.clients import client_address, header_of

PROXIES = ["10.0.0.0/8", "2001:db8::1"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.2.3.4", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.2.3.4, garbage", "10.0.0.1"),
        ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("10.0.0.1", " , ", "10.0.0.1"),
        ("2001:db8::1", "2001:DB8::2", "2001:db8::2"),
        ("", "198.51.100.1", ""),
    ],
)
def test_client_address(settings: Settings, peer: str, forwarded: str | None, client: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    assert client_address(request) == client


def test_nobody_is_trusted_by_default(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "198.51.100.1"}, REMOTE_ADDR="127.0.0.1"
    )
    assert client_address(request) == "127.0.0.1"


@pytest.mark.parametrize(
    "name", ["X-PowerAuth-Token", "x-powerauth-token", "Content-Type", "Origin", "Empty"]
)
def test_one_header_is_the_one_of_all_headers(name: str) -> None:
    request = RequestFactory().post(
        "/", b"{}", "application/json", headers={"X-PowerAuth-Token": "PowerAuth a", "Empty": ""}
    )
    assert header_of(request, name) == request.headers.get(name)
