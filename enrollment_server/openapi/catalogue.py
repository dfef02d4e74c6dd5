"""Every endpoint that is routed, described."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from enrollment_server.api.views import ApiView
from enrollment_server.openapi.derivation.answers import Schemas
from enrollment_server.openapi.derivation.described import DescribedEndpoint, described
from enrollment_server.openapi.envelopes import ENVELOPES
from enrollment_server.openapi.json_schema import Schema

_OF_TYPES = Schemas(ENVELOPES)


def endpoint_of(view: ApiView) -> DescribedEndpoint:
    """Describe a view.

    Raises:
        TypeError: it says nothing of itself, or something that cannot be described.
    """
    if view.endpoint is None:
        raise TypeError(f"{type(view).__name__} says nothing of itself")
    return described(view, view.endpoint, _OF_TYPES)


@cache
def endpoints() -> dict[str, DescribedEndpoint]:
    """Describe every endpoint, by its path below the context path."""
    return {path: endpoint_of(view) for path, view in _routed(get_resolver().url_patterns)}


@cache
def schemas() -> dict[str, Schema]:
    """Give the named schemas of all endpoints."""
    endpoints()
    return dict(_OF_TYPES.found)


def shown(route: str) -> str:
    """Give a route as a document shows it, `{id}` for `<int:id>`."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def _routed(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = "/"
) -> Iterator[tuple[str, ApiView]]:
    for pattern in patterns:
        path = prefix + shown(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routed(pattern.url_patterns, path)
            continue
        made = getattr(pattern.callback, "cls", None)
        if made is None or not issubclass(made, ApiView):
            continue
        view = made(**getattr(pattern.callback, "initkwargs", {}))
        if view.endpoint is not None:
            yield path, view
