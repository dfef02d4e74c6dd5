"""What a request costs, in numbers that no busy machine changes: statements, round trips, calls."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment_server.wsgi import application
from tests import wsgi

WARM_UP = 6  # requests until everything is cached, compiled and prepared
MEASURED = 4
FRAMES = ("BEGIN", "COMMIT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one request takes.

    Args:
        round_trips: to the database: statements, and the frames of transactions.
        calls: of functions that are written in Python.
    """

    statements: int
    round_trips: int
    calls: int


Environ = dict[str, Any]


def environ(path: str, body: bytes, **headers: str) -> Environ:
    """Describe a request as a WSGI server does; underscores in names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = requests.Request(
        "POST",
        wsgi.BASE_URL + path,
        data=body,
        headers={"Content-Type": "application/json", "Accept-Language": "en", **named},
    )
    return wsgi.WsgiAdapter()._environ(request.prepare())


def _answer(asked: Environ) -> None:
    statuses: list[str] = []

    def start(status: str, headers: Any, *_: Any) -> Any:
        statuses.append(status)

    answer: Any = application(asked, start)
    body = b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"], body


def _calls(act: Callable[[], object]) -> int:
    """Count the calls of Python functions on the way."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def cost_of(requested: Iterator[Environ]) -> Cost:
    """Measure a request of this kind, when everything that is kept for the next one is there."""
    for _ in range(WARM_UP):
        _answer(next(requested))
    # What is rare, such as a collection of garbage with finalizers, is not in all of them.
    calls = min(_calls(partial(_answer, next(requested))) for _ in range(MEASURED))
    last = next(requested)
    with CaptureQueriesContext(connection) as captured:
        _answer(last)
    texts = [query["sql"] for query in captured.captured_queries]
    statements = [text for text in texts if not text.startswith(FRAMES)]
    return Cost(statements=len(statements), round_trips=len(texts), calls=calls)


def insist(cost: Cost, most: Cost) -> None:
    """Hold a cost against its budget; one that is far above what is needed guards nothing."""
    assert (cost.statements, cost.round_trips) == (most.statements, most.round_trips)
    assert most.calls * 0.75 <= cost.calls <= most.calls
