"""What is shown to those who watch: attempts by what became of them, and what waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django.fixtures import Settings

from enrollment_server.worker import figures as worker
from push.models import Platform, PushChannel
from push.outbox import figures
from push.outbox.figures import Queue
from push.providers.values import Outcome, Result
from tests.push.accounts import every_provider
from tests.push.outbox import providers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ways(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUSH_INITIAL_BACKOFF_S = 60
    monkeypatch.setattr(figures, "_known", set())
    every_provider("retail")


def always(result: Result) -> providers.Respond:
    return lambda content, target: result


def counted(outcome: str, reason: str = "", platform: str = "fcm") -> float:
    labels = {"platform": platform, "outcome": outcome, "reason": reason}
    return REGISTRY.get_sample_value("push_deliveries_total", labels) or 0.0


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (providers.SENT, "sent"),
        (providers.NO, "failed"),
        (providers.LATER, "pending"),
        (providers.REFUSED, "pending"),
    ],
)
def test_attempts_are_counted_by_what_became_of_them(result: Result, outcome: str) -> None:
    providers.device(1)
    providers.write()
    before = counted(outcome, result.reason)
    providers.FakeProvider(always(result)).run()
    assert counted(outcome, result.reason) == before + 1


def test_a_provider_cannot_make_up_any_number_of_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_REASONS", 2)
    reasons = [f"MadeUp{number}" for number in range(4)]
    before = counted("failed", figures.OTHER)
    for number, reason in enumerate(reasons):
        providers.device(number)
        failed = Result(outcome=Outcome.FAILED, reason=reason)
        providers.write(activation_ids=[providers.activation(number)])
        providers.FakeProvider(always(failed)).run()
    assert [counted("failed", reason) for reason in reasons] == [1, 1, 0, 0]
    assert counted("failed", figures.OTHER) == before + 2


def test_what_waits_is_shown_by_provider() -> None:
    at = timezone.now()
    providers.device(1)
    providers.device(2, platform="hms")
    for age_s in (90, 30):
        providers.write(at=at - timedelta(seconds=age_s))
    PushChannel.objects.filter(platform="apns").update(refused_at=at, open_until=at)
    PushChannel.objects.filter(platform="hms").update(open_until=at + timedelta(minutes=1))
    with CaptureQueriesContext(connection) as captured:
        found = figures.look(at=at)
    assert len(captured) == 4
    oldest = at - timedelta(seconds=90)
    assert found == {
        Platform.APNS: Queue(refused=1),
        Platform.FCM: Queue(length=2, oldest=oldest),
        Platform.HMS: Queue(length=2, oldest=oldest, paused=1),
    }
    worker.measure(at=at)
    shown = {
        name: [REGISTRY.get_sample_value(name, {"platform": each}) for each in Platform.values]
        for name in (
            "push_deliveries_waiting",
            "push_oldest_delivery_seconds",
            "push_credentials_refused",
            "push_providers_paused",
        )
    }
    assert shown == {
        "push_deliveries_waiting": [0, 2, 2],
        "push_oldest_delivery_seconds": [0, 90, 90],
        "push_credentials_refused": [1, 0, 0],
        "push_providers_paused": [0, 0, 1],
    }
    PushChannel.objects.update(refused_at=None, open_until=None)
    providers.FakeProvider().run()
    assert set(figures.look(at=at).values()) == {Queue()}


def test_what_another_server_sends_is_not_watched_here(settings: Settings) -> None:
    providers.device(1)
    providers.write()
    settings.PUSH_SERVICE_URL = "https://push.bank.example"
    with CaptureQueriesContext(connection) as captured:
        worker.measure(at=timezone.now())
    assert not [each for each in captured.captured_queries if "push_push" in each["sql"]]
