"""Load: prepared requests, sent over kept connections by several threads at once."""

import http.client
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

TIMEOUT_S = 30.0


class LoadRefused(Exception):
    """The server refused a request that it should have served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that only has to be sent; `path` is the whole path of the URL."""

    method: str
    path: str
    body: bytes = b""
    header: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a load showed; times in seconds."""

    requests: int
    per_second: float
    p50: float
    p95: float


def send(base_url: str, queues: Sequence[Sequence[Prepared]], *, limit_s: float) -> Measured:
    """Send each queue in its order on a connection of its own, for at most `limit_s`.

    Raises:
        LoadRefused: an answer other than 200.
    """
    address = urlsplit(base_url)
    started = time.perf_counter()
    until = started + limit_s
    with ThreadPoolExecutor(len(queues)) as pool:
        runs = [
            pool.submit(_drain, str(address.hostname), address.port or 80, queue, until)
            for queue in queues
        ]
        latencies = [latency for run in runs for latency in run.result()]
    elapsed = time.perf_counter() - started
    cuts = statistics.quantiles(latencies, n=20, method="inclusive")
    return Measured(
        requests=len(latencies), per_second=len(latencies) / elapsed, p50=cuts[9], p95=cuts[18]
    )


def _drain(host: str, port: int, queue: Sequence[Prepared], until: float) -> list[float]:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    latencies: list[float] = []
    for request in queue:
        started = time.perf_counter()
        if started > until:
            break
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if request.header is not None:
            headers[request.header[0]] = request.header[1]
        connection.request(request.method, request.path, request.body or None, headers)
        response = connection.getresponse()
        response.read()
        latencies.append(time.perf_counter() - started)
        if response.status != HTTPStatus.OK:
            raise LoadRefused(f"{request.path} was answered with HTTP {response.status}")
    connection.close()
    return latencies
