"""Which process of a server holds a connection, as Linux knows it."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from enrollment_server.demo.own_server import OwnServer

_ESTABLISHED = "01"
_LOCAL, _STATE, _INODE = 1, 3, 9  # members of a line of /proc/net/tcp


def workers(server: OwnServer) -> list[int]:
    """Give the ids of the processes that serve, the children of the one that was started."""
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def connections_by_process(server: OwnServer) -> Counter[int]:
    """Count the established connections to the server's port in each of its processes."""
    port = f":{urlsplit(server.url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{line[_INODE]}]"
        for line in lines
        if line[_LOCAL].endswith(port) and line[_STATE] == _ESTABLISHED
    }
    return Counter({pid: len(sockets & _open_files(pid)) for pid in workers(server)})


def _open_files(pid: int) -> set[str]:
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.add(os.readlink(file))
    return found
