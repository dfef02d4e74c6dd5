"""Activations as a load: what several processes did, as one measurement."""

import pytest

from enrollment_server.bench.activating import Activated, measured
from enrollment_server.bench.load import LoadFailed


def test_processes_are_added_up() -> None:
    done = [
        Activated(times_s=[0.3, 0.1], elapsed_s=0.5, cpu_s=0.2),
        Activated(times_s=[0.2], elapsed_s=1.5, cpu_s=0.1),
    ]
    load = measured(done, offered=4)
    assert (load.answered, load.sent, load.per_second) == (3, [2, 1], 2.0)
    assert (load.p50_ms, load.p99_ms, load.max_ms) == (200, 300, 300)
    assert load.cpu_s == pytest.approx(0.3)
    assert not load.exhausted
    assert measured(done, offered=3).exhausted


def test_a_refused_phone_ends_the_benchmark() -> None:
    refused = Activated(times_s=[], elapsed_s=0.5, cpu_s=0.2, refusal="HTTP 400")
    with pytest.raises(LoadFailed, match="activate: HTTP 400"):
        measured([Activated(times_s=[0.1], elapsed_s=0.5, cpu_s=0.2), refused], offered=2)


def test_nothing_that_was_activated_in_time_is_no_measurement() -> None:
    with pytest.raises(LoadFailed, match="activate: no phone"):
        measured([Activated(times_s=[], elapsed_s=0.5, cpu_s=0.2)], offered=2)
