"""Providers that cannot be reached, and ways there that lead through a proxy."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from push.providers.values import Outcome, Result, Settings
from push.stand_in.server import StandIn
from push.stand_in.values import Provider
from tests.push.providers.sending import APNS_TOKEN, FCM_TOKEN, HMS_TOKEN, listening, send

TOKENS = {Provider.APNS: APNS_TOKEN, Provider.FCM: FCM_TOKEN, Provider.HMS: HMS_TOKEN}
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _pending(reason: str) -> Result:
    return Result(outcome=Outcome.PENDING, reason=reason)


def _send(stand_in: StandIn, provider: Provider, settings: Settings) -> Result:
    return send(getattr(stand_in.accounts, provider.value), settings, TOKENS[provider])


@contextmanager
def _free_port() -> Iterator[int]:
    """Give a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def _elsewhere(settings: Settings, base: str) -> Settings:
    return replace(settings, apns_url=base, fcm_url=base, hms_url=base)


@pytest.mark.parametrize("provider", TOKENS)
def test_nobody_listens(stand_in: StandIn, provider: Provider) -> None:
    with _free_port() as port:
        settings = _elsewhere(stand_in.settings(), f"https://127.0.0.1:{port}")
        assert _send(stand_in, provider, settings) == _pending("NoConnection")


@pytest.mark.parametrize("provider", TOKENS)
def test_host_without_an_address(stand_in: StandIn, provider: Provider) -> None:
    settings = _elsewhere(stand_in.settings(), "https://provider.invalid")
    assert _send(stand_in, provider, settings) == _pending("NoConnection")


@pytest.mark.parametrize("provider", TOKENS)
def test_connection_that_is_never_made_ends_in_time(stand_in: StandIn, provider: Provider) -> None:
    # The system takes the connection, but TLS never begins.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        base = f"https://127.0.0.1:{silent.getsockname()[1]}"
        settings = _elsewhere(stand_in.settings(connect_s=0.3, total_s=5), base)
        assert _send(stand_in, provider, settings) == _pending("NoConnection")


@pytest.mark.parametrize("provider", TOKENS)
def test_certificate_of_somebody_else(stand_in: StandIn, provider: Provider) -> None:
    settings = replace(stand_in.settings(), ca_file="")
    assert _send(stand_in, provider, settings) == _pending("TlsFailed")


@pytest.mark.parametrize("provider", TOKENS)
def test_certificate_for_another_name(stand_in: StandIn, provider: Provider) -> None:
    settings = stand_in.settings()
    port = (settings.apns_url if provider is Provider.APNS else settings.fcm_url).split(":")[-1]
    elsewhere = _elsewhere(settings, f"https://127.0.0.2:{port}")
    with _forwarding("127.0.0.2", int(port)):
        assert _send(stand_in, provider, elsewhere) == _pending("TlsFailed")


def test_apple_has_to_speak_http2(stand_in: StandIn) -> None:
    settings = stand_in.settings()
    relay = replace(settings, apns_url=settings.fcm_url)
    assert _send(stand_in, Provider.APNS, relay) == _pending("NoHttp2")


class _Proxy:
    """A proxy for tunnels on this machine: it counts them, or refuses them."""

    def __init__(self, status: str = "200 Connection established") -> None:
        self.asked: list[str] = []
        self.url = ""
        self._status = status

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        writer.write(f"HTTP/1.1 {self._status}\r\n\r\n".encode())
        if self._status.startswith("200"):
            host, _, port = head.split(" ")[1].rpartition(":")
            await _pump(reader, writer, host, int(port))
        writer.close()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
) -> None:
    there, here = await asyncio.open_connection(host, port)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                target.write(data)
        except OSError:
            pass
        target.close()

    try:
        await asyncio.gather(copy(reader, here), copy(there, writer))
    finally:
        here.transport.abort()
        writer.transport.abort()


@contextmanager
def _forwarding(host: str, port: int) -> Iterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _pump(reader, writer, "127.0.0.1", port)

    with listening(serve, host, port):
        yield


@contextmanager
def _proxy(status: str = "200 Connection established") -> Iterator[_Proxy]:
    proxy = _Proxy(status)
    with listening(proxy.serve, "127.0.0.1") as port:
        proxy.url = f"http://us%40r:pa%3Ass@127.0.0.1:{port}"
        yield proxy


@pytest.mark.parametrize("provider", TOKENS)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_environment_names_a_proxy(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, provider: Provider, variable: str
) -> None:
    with _proxy() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert _send(stand_in, provider, stand_in.settings()).outcome is Outcome.SENT
    # The proxy sees where it goes, and nothing else.
    assert proxy.asked
    for head in proxy.asked:
        assert head.startswith("CONNECT 127.0.0.1:")
        assert f"Proxy-Authorization: Basic {b64encode(b'us@r:pa:ss').decode()}" in head
        assert TOKENS[provider] not in head


@pytest.mark.parametrize("provider", TOKENS)
def test_environment_excepts_a_host(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    with _proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
        assert _send(stand_in, provider, stand_in.settings()).outcome is Outcome.SENT
    assert proxy.asked == []


@pytest.mark.parametrize("provider", TOKENS)
def test_proxy_that_refuses(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    with _proxy("407 Proxy Authentication Required") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        result = _send(stand_in, provider, stand_in.settings())
    assert result == _pending("ProxyRefused")


@pytest.mark.parametrize("provider", TOKENS)
def test_proxy_that_is_away(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    with _free_port() as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        result = _send(stand_in, provider, stand_in.settings())
    assert result == _pending("NoConnection")
