"""Sending campaigns: push-and-inbox.md 8."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from push.campaigns import sending, services
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import DeliveryState, PushCampaign, PushDelivery, PushMessage
from tests.factories import ApplicationFactory
from tests.push.accounts import every_provider
from tests.push.outbox.providers import FakeProvider, activation, device

pytestmark = [pytest.mark.django_db, pytest.mark.main_path]
NOW = timezone.now()
NEWS = Content(title=Text(text="News"), body=Text(text="Read our news"))


@pytest.fixture(autouse=True)
def retail(db: None) -> None:
    ApplicationFactory.create(id="retail")
    every_provider("retail")


def under_way(*user_ids: str) -> PushCampaign:
    made = services.create("retail", NEWS, at=NOW)
    services.add_users(made.pk, user_ids, at=NOW)
    return services.begin(made.pk, at=NOW)


def written() -> list[str]:
    return sorted(PushMessage.objects.values_list("user_id", flat=True))


def complete() -> bool:
    return PushCampaign.objects.filter(completed_at__isnull=False).exists()


def owners() -> set[str]:
    return set(PushDelivery.objects.values_list("activation_id", flat=True))


def run() -> None:
    while sending.advance(at=NOW):
        pass


def test_every_user_gets_it_and_then_it_is_complete() -> None:
    for number, name in enumerate(("alice", "bob", "carol")):
        device(number, user=name)
    under_way("alice", "bob", "dora")
    run()
    assert written() == ["alice", "bob"]
    assert not complete()  # nobody has got it yet
    provider = FakeProvider()
    provider.run()
    run()
    assert complete()
    assert sorted(provider.tokens) == ["token-0", "token-1"]


def test_inactive_devices_get_it_too_and_other_applications_do_not() -> None:
    device(1, is_active=False)
    device(2, application_id="business")
    under_way("alice")
    run()
    assert owners() == {activation(1)}


def test_a_phone_that_users_share_gets_it_once_across_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "BATCH", 1)
    device(1, user="carol", push_token="shared")
    device(2, user="alice", push_token="shared")
    device(3, user="alice", push_token="shared")
    device(4, user="bob", push_token="shared", platform="hms")
    device(5, user="stranger", push_token="shared")
    under_way("alice", "bob", "carol")
    run()
    # Of alice's, the one that registered first; another provider is another phone.
    assert owners() == {activation(2), activation(4)}


def test_nothing_is_written_twice_or_before_it_is_sent() -> None:
    device(1)
    made = services.create("retail", NEWS, at=NOW)
    services.add_users(made.pk, ["alice"], at=NOW)
    run()
    assert written() == []
    services.begin(made.pk, at=NOW)
    run()
    run()
    assert written() == ["alice"]


def test_few_wait_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    monkeypatch.setattr(sending, "MOST_WAITING", 3)
    names = [f"user-{number}" for number in range(8)]
    for number, name in enumerate(names):
        device(number, user=name)
    under_way(*names)
    run()
    assert written() == names[:4]
    PushDelivery.objects.filter(message__user_id__in=names[:2]).update(
        state=DeliveryState.SENT, finished_at=NOW
    )
    run()
    assert written() == names[:6]


def test_a_long_list_costs_no_more_a_batch_than_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under_way(*(f"user-{number}" for number in range(40)))
    costs = []
    for size in (2, 20):
        monkeypatch.setattr(sending, "BATCH", size)
        with CaptureQueriesContext(connection) as asked:
            assert sending.advance(at=NOW)
        costs.append(len(asked))
    assert costs[0] == costs[1]
