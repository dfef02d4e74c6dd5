"""Prometheus metrics: how many requests, with which status, and how long they took."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import ValueClass

REQUESTS = Counter("http_requests", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to an answer in seconds", ["route"])
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
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - started)
        return response


def _registry() -> CollectorRegistry:
    if ValueClass.__name__ == "MmapedValue":
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry
    return REGISTRY


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics of all worker processes of this server."""
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
