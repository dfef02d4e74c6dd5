"""A load: prepared requests, handed to the generator, and what it saw of their answers."""

import json
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_RECORD = struct.Struct("=II")
Queues = Sequence[Sequence[bytes]]
"""Whole HTTP requests, a queue for each connection."""


class LoadFailed(Exception):
    """The generator could not work, or the server refused what it should have served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a load showed."""

    answered: int
    refused: int
    """Answers that were not HTTP 200."""
    broken: int
    """Connections that ended before the answer."""
    unsent: int
    """Open arrivals that found no request left."""
    exhausted: bool
    """Whether a connection had no request left before the time was over."""
    elapsed_s: float
    per_second: float
    cpu_s: float
    """What the generator itself took."""
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    sent: list[int]
    """Requests that each connection sent."""
    refusal_status: int
    """Of the first refusal; 0 without one."""
    refusal_body: str

    def refusal(self) -> str:
        """Name the first answer that was not 200: its status, and the code of its error."""
        try:
            code = json.loads(self.refusal_body)["responseObject"]["code"]
        except (ValueError, LookupError, TypeError):
            code = "without an error code"
        return f"HTTP {self.refusal_status}, {code}"

    def insist(self, name: str) -> "Measured":
        """Insist that every answer was HTTP 200.

        Raises:
            LoadFailed: one was not, or did not come.
        """
        if self.refused:
            raise LoadFailed(
                f"{name}: {self.refused} of {self.answered} answers were not 200; "
                f"the first: {self.refusal()}"
            )
        if self.broken:
            raise LoadFailed(f"{name}: {self.broken} requests got no answer")
        return self


def http_request(method: str, url: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Write a whole request."""
    address = urlsplit(url)
    lines = [f"{method} {address.path} HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def generate_load(
    command: Sequence[str],
    base_url: str,
    queues: Queues,
    *,
    seconds: float,
    per_second: float = 0.0,
    cycle: bool = False,
) -> Measured:
    """Send each queue in its order on a connection of its own.

    Args:
        command: of the generator; see `compiler`.
        base_url: of the server, of which host and port are used.
        queues: what to send.
        seconds: how long requests begin; answers that are under way then are awaited.
        per_second: 0 for a closed loop, else so many requests begin at fixed moments.
        cycle: start over at the end of a queue.

    Raises:
        LoadFailed: the generator did not work.
    """
    address = urlsplit(base_url)
    with tempfile.NamedTemporaryFile(prefix="enrollment-bench-") as file:
        for number, queue in enumerate(queues):
            for request in queue:
                file.write(_RECORD.pack(number, len(request)) + request)
        file.flush()
        place = [file.name, str(address.hostname), str(address.port or 80)]
        how = [f"{seconds:.3f}", f"{per_second:.3f}", str(int(cycle))]
        done = subprocess.run(  # noqa: S603
            [*command, *place, *how], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise LoadFailed(done.stderr.strip() or f"the generator ended with {done.returncode}")
    members: dict[str, Any] = json.loads(done.stdout)
    return Measured(**members)
