"""The address of the server: its URL and its socket."""

import socket

BACKLOG = 2048  # connections that wait for a worker


class AddressUnavailable(Exception):
    """The server cannot listen where it was told to."""


def url(host: str, port: int, path: str = "") -> str:
    """Give the URL of a path of the server, without a slash at its end."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{path}".rstrip("/")


def local_url(host: str, port: int, path: str = "") -> str:
    """Give the URL by which this machine itself reaches a server that listens there."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104 # compared, not bound
    return url(everywhere.get(host, host), port, path)


def listen(host: str, port: int, *, prefix: str = "") -> socket.socket:
    """Open the socket that accepts connections; port 0 takes a free one.

    Args:
        prefix: what the names of the settings begin with, before HOST and PORT.

    Raises:
        AddressUnavailable: the port is in use or not allowed, or the host is not of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressUnavailable(
            f"{prefix}HOST {host} is not an address: {error.strerror}."
        ) from error
    try:
        # Connections of a server that has just ended do not keep its successor from starting.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressUnavailable(
            f"Cannot listen on {host}:{port}: {error.strerror}. Set {prefix}PORT to a free port."
        ) from error
    return listener
