"""Workers that send the same campaign at once: push-and-inbox.md 8."""

import pytest
from django.utils import timezone

from push.campaigns import sending, services
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import PushDelivery, PushMessage
from tests.factories import ApplicationFactory
from tests.push.accounts import every_provider
from tests.push.outbox.providers import device
from tests.races.crowd import together

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
NAMES = [f"user-{number:02}" for number in range(60)]
NEWS = Content(title=Text(text="News"), body=Text(text="Read our news"))


def test_each_user_is_written_to_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 3)
    ApplicationFactory.create(id="retail")
    every_provider("retail")
    for number, name in enumerate(NAMES):
        device(number, user=name)
    at = timezone.now()
    campaign = services.create("retail", NEWS, at=at)
    services.add_users(campaign.pk, NAMES, at=at)
    services.begin(campaign.pk, at=at)

    def work() -> int:
        turns = 0
        while PushMessage.objects.count() < len(NAMES):
            sending.advance(at=at)
            turns += 1
        return turns

    assert sum(together([work] * 4)) >= len(NAMES) // 3
    assert sorted(PushMessage.objects.values_list("user_id", flat=True)) == NAMES
    assert PushDelivery.objects.count() == len(NAMES)
