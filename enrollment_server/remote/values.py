"""Which server to call and how, what it answered, and that it did not."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteServer:
    """A server to call; equal ones share their connections.

    Args:
        url: base without a slash at its end, `http` or `https`.
        username, password: for HTTP Basic; no username, no header.
        connect_s: seconds for a connection.
        response_s: seconds for the whole answer.
        wait_s: seconds for a free one of the open connections.
        connections: how many a process opens at most.
        idle_s: seconds after which an unused connection is not trusted to be open any more.
        ca_file: certificates of authorities to trust instead of the system's; empty for those.
        certificate_file, key_file: what this client shows of itself; the key may be in the first.
        proxy: URL of an HTTP proxy, maybe with a name and a password.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    connect_s: float = 2
    response_s: float = 10
    wait_s: float = 2
    connections: int = 4
    idle_s: float = 2
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, whatever its status."""

    status: int
    body: bytes = field(repr=False)


class NoAnswer(Exception):
    """There was no whole answer in time; the text says why, without addresses and contents."""
