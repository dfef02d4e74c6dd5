"""The connections of this process, one pool a server: kept alive, bounded, never inherited."""

import os
import socket
import ssl
import time
from functools import lru_cache
from typing import Any

from urllib3 import PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import make_headers, parse_url

from enrollment_server.remote.values import RemoteServer
from enrollment_server.remote.watch import watched

# A peer that is gone without a word is noticed within a minute, also by an idle connection.
_SOCKET_OPTIONS = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
]


class _Watched:
    """A connection whose answer begins in time or never, and which knows when it was used."""

    used_at = 0.0
    idle_s = 0.0
    sock: socket.socket | None
    timeout: Any

    def getresponse(self) -> Any:
        if self.sock is None or not isinstance(self.timeout, int | float):
            raise OSError("the connection is closed")
        last = time.monotonic() + self.timeout
        with watched(self.sock, self.timeout):
            response = super().getresponse()  # type: ignore[misc] # of the connection
        self.used_at = time.monotonic()
        # Headers that are cut off look as if they had ended.
        if self.used_at > last:
            raise TimeoutError("the answer does not begin in time")
        return response

    @property
    def is_stale(self) -> bool:
        """Tell whether the server may be about to close this connection."""
        return self.sock is not None and self.used_at + self.idle_s < time.monotonic()


class _PlainConnection(_Watched, HTTPConnection):
    pass


class _TlsConnection(_Watched, HTTPSConnection):
    pass


class _Fresh:
    """A pool that takes no connection which was idle for long: what is sent there may be lost."""

    idle_s = 0.0

    def _get_conn(self, timeout: float | None = None) -> Any:
        conn = super()._get_conn(timeout)  # type: ignore[misc] # of the pool
        if getattr(conn, "is_stale", False):
            conn.close()
        conn.idle_s = self.idle_s
        return conn


class _PlainPool(_Fresh, HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(_Fresh, HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def tls_context(server: RemoteServer) -> ssl.SSLContext:
    """Give what proves the server, and shows it who calls; certificates are always checked.

    Raises:
        OSError, ValueError: a file cannot be used; of a key with a password, too.
    """
    context = ssl.create_default_context(cafile=server.ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.certificate_file:
        # An empty password: whoever starts the server would else be asked for one.
        context.load_cert_chain(server.certificate_file, server.key_file or None, password="")
    return context


@lru_cache(maxsize=8)
def pool_of(server: RemoteServer) -> PoolManager:
    """Give the connections to a server; no environment variable names a proxy for them.

    Raises:
        OSError, ValueError: as `tls_context`.
    """
    options: dict[str, Any] = {
        "num_pools": 1,
        "maxsize": server.connections,
        "block": True,
        "socket_options": _SOCKET_OPTIONS,
    }
    if server.url.startswith("https:"):
        options["ssl_context"] = tls_context(server)
    manager = _through_proxy(server.proxy, options) if server.proxy else PoolManager(**options)
    idle_s = server.idle_s
    manager.pool_classes_by_scheme = {
        "http": type("PlainPool", (_PlainPool,), {"idle_s": idle_s}),
        "https": type("TlsPool", (_TlsPool,), {"idle_s": idle_s}),
    }
    return manager


def _through_proxy(url: str, options: dict[str, Any]) -> ProxyManager:
    parts = parse_url(url)
    headers = make_headers(proxy_basic_auth=parts.auth) if parts.auth else None
    return ProxyManager(url, proxy_headers=headers, **options)


# A connection has one user: a child opens its own ones.
os.register_at_fork(after_in_child=pool_of.cache_clear)
