"""Delivered events go after their time; failed ones stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.callbacks import prune_finished
from powerauth.engine.callbacks import callbacks
from powerauth.models import Callback, CallbackEvent
from tests.callbacks.events import make_callback, write_event

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/"


def _event(callback: Callback, state: str, *, age: timedelta) -> CallbackEvent:
    event = write_event(callback)
    then = timezone.now() - age
    finished = then if state in ("COMPLETED", "FAILED") else None
    CallbackEvent.objects.filter(pk=event.pk).update(
        state=state, created_at=then, finished_at=finished
    )
    return event


def _prune(*, batch: int = 1000) -> int:
    return prune_finished(at=timezone.now(), batch=batch)


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("COMPLETED", 29, True),
        ("COMPLETED", 31, False),
        ("FAILED", 400, True),
        ("PENDING", 400, True),
        ("PROCESSING", 400, True),
    ],
)
def test_retention_of_the_setting(state: str, days: int, stays: bool) -> None:
    _event(make_callback(URL), state, age=timedelta(days=days))
    assert _prune() == int(not stays)
    assert CallbackEvent.objects.exists() == stays


def test_retention_of_the_callback() -> None:
    short = make_callback(URL, retention=timedelta(hours=1))
    usual = make_callback(URL)
    gone = _event(short, "COMPLETED", age=timedelta(hours=2))
    kept = _event(usual, "COMPLETED", age=timedelta(hours=2))
    assert _prune() == 1
    assert list(CallbackEvent.objects.values_list("pk", flat=True)) == [kept.pk]
    assert gone.pk != kept.pk


def test_events_that_wait_for_a_removed_callback_go_too() -> None:
    callback = make_callback(URL)
    _event(callback, "PENDING", age=timedelta(days=31))
    _event(callback, "PENDING", age=timedelta(days=29))
    callbacks.remove(str(callback.pk))
    assert _prune() == 1
    assert CallbackEvent.objects.count() == 1


def test_pruning_works_in_batches() -> None:
    callback = make_callback(URL)
    for _ in range(5):
        _event(callback, "COMPLETED", age=timedelta(days=31))
    assert _prune(batch=2) == 5
    assert _prune(batch=2) == 0
