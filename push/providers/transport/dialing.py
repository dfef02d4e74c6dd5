"""Opening a connection for HTTP/2, maybe through the proxy that the environment names."""

import asyncio
import socket
import ssl
from base64 import b64encode
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from push.providers.transport.values import NoAnswer, Trouble

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

FAREWELL_S = 1.0  # seconds for the end of TLS
NEXT_ADDRESS_S = 0.25  # seconds until another address of the host is tried, too
_PORTS = {"http": 80, "https": 443}
# A peer that is gone without a word is noticed within a minute, also by an idle connection.
_SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)


async def dial(url: str, *, context: ssl.SSLContext, connect_s: float) -> Streams:
    """Open a connection to a base URL, over TLS if it says `https`.

    Raises:
        NoAnswer: there is none, or its other end does not speak HTTP/2.
    """
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(connect_s):
            streams = await _open(parts, context)
    except ssl.SSLError as error:
        raise NoAnswer(Trouble.TLS_FAILED) from error
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise NoAnswer(Trouble.NO_CONNECTION) from error
    tls = streams[1].get_extra_info("ssl_object")
    if tls is not None and tls.selected_alpn_protocol() != "h2":
        streams[1].transport.abort()
        raise NoAnswer(Trouble.NO_HTTP2)
    connection = streams[1].get_extra_info("socket")
    for level, name, value in _SOCKET_OPTIONS:
        connection.setsockopt(level, name, value)
    return streams


async def _open(parts: SplitResult, context: ssl.SSLContext) -> Streams:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    tls = context if parts.scheme == "https" else None
    proxy = _proxy_of(parts.scheme, f"{host}:{port}")
    if proxy is None:
        of_tls: dict[str, Any] = (
            {"server_hostname": host, "ssl_shutdown_timeout": FAREWELL_S} if tls else {}
        )
        return await asyncio.open_connection(
            host, port, happy_eyeballs_delay=NEXT_ADDRESS_S, ssl=tls, **of_tls
        )
    if proxy.scheme != "http":
        raise NoAnswer(Trouble.PROXY_REFUSED)
    streams = await asyncio.open_connection(proxy.hostname, proxy.port or 80)
    try:
        await _tunnel(streams, proxy, f"{host}:{port}")
        if tls is not None:
            await streams[1].start_tls(tls, server_hostname=host)
    except BaseException:
        streams[1].transport.abort()
        raise
    return streams


def _proxy_of(scheme: str, authority: str) -> SplitResult | None:
    proxies = getproxies()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or proxy_bypass(authority):
        return None
    return urlsplit(url if "://" in url else f"http://{url}")


async def _tunnel(streams: Streams, proxy: SplitResult, authority: str) -> None:
    reader, writer = streams
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if proxy.username:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {b64encode(pair.encode()).decode()}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if head.split(b" ", 2)[1:2] != [b"200"]:
        raise NoAnswer(Trouble.PROXY_REFUSED)
