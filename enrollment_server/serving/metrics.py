"""Prometheus metrics: how many requests, with which status, and how long they took.

They tell an attacker which guesses cost what, so they are for those whom METRICS_ALLOWED names.
"""

import os
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import ValueClass

from enrollment_server import VERSION
from enrollment_server.api.clients import is_within
from enrollment_server.api.views import not_found

REQUESTS = Counter("http_requests", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to an answer in seconds", ["route"])
BUILD = Gauge("enrollment_server_build", "Version", ["version"], multiprocess_mode="max")
BUILD.labels(VERSION).set(1)
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})


class MetricsMiddleware:
    """Count and time each request under the route that answered it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self._get_response(request)
        match = request.resolver_match
        # The route, not the path: what strangers make up must not become a label.
        route = match.route if match else ""
        method = request.method if request.method in _METHODS else "other"
        answered, seconds = _metrics_of(method, route, response.status_code)
        answered.inc()
        seconds.observe(time.perf_counter() - started)
        return response


@lru_cache(maxsize=1024)
def _metrics_of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Find the members of the two families; finding them costs more than counting."""
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)


class FolderOfMetrics(MultiProcessCollector):
    """The metrics of all processes of one server, by the files that they write.

    A process that has only just begun has a file with nothing in it, which must not cost the
    figures of all others.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(None, folder)  # type: ignore[no-untyped-call]
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        files = [str(file) for file in self._folder.glob("*.db") if file.stat().st_size]
        merged: Iterable[Metric] = self.merge(files)  # type: ignore[no-untyped-call]
        return merged


def registry() -> CollectorRegistry:
    """Give the metrics of this process, or of all that share a folder with it."""
    if ValueClass.__name__ == "MmapedValue":
        shared = CollectorRegistry()
        shared.register(FolderOfMetrics(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
        return shared
    return REGISTRY


_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def may_read(request: HttpRequest) -> bool:
    """Tell whether a request for the metrics comes from where METRICS_ALLOWED lets it.

    What counts is the peer of the connection. A proxy on this very machine is a peer from
    loopback, so what it passes on, by its headers or below the context path, is nobody's scrape.
    """
    return (
        not request.META.get("SCRIPT_NAME")
        and not any(name in request.headers for name in _FORWARDED)
        and is_within(str(request.META.get("REMOTE_ADDR", "")), settings.METRICS_ALLOWED)
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics of all worker processes of this server, or as if there were none."""
    if not may_read(request):
        return not_found(request)
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
