"""What sending costs: statements."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.announcements import Announcement, News, announce
from push.models import PushAppCredentials, PushDelivery
from push.outbox import claim
from tests.push.outbox.providers import (
    FakeProvider,
    device,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


STATEMENTS_A_BATCH = 10  # to claim 128, and to write down 64 at a time; without frames


@pytest.mark.postgresql
def test_statements_of_a_batch_do_not_grow_with_it(row: PushAppCredentials) -> None:
    for number in range(claim.PER_CHANNEL):
        device(number)
    write()
    provider = FakeProvider()
    with provider.dispatcher() as dispatcher:
        while dispatcher.turn():  # makes the client
            pass
        for _ in range(2):
            write()
            with CaptureQueriesContext(connection) as captured:
                dispatcher._begin()
                while dispatcher._attempts.on_the_way:
                    dispatcher._record_ended(timeout_s=5)
            own = [q["sql"] for q in captured.captured_queries if " " in q["sql"]]
            assert len(own) <= STATEMENTS_A_BATCH, own
    assert set(states()) == {("sent", "")}
    assert len(provider.sent) == 3 * claim.PER_CHANNEL


@pytest.mark.postgresql
@pytest.mark.parametrize("devices", [0, 3])
def test_an_announcement_is_one_statement(row: PushAppCredentials, devices: int) -> None:
    for number in range(devices):
        device(number)
    news = Announcement(
        user_id="alice",
        application_ids=["retail"],
        cause="operation:1",
        texts={"": News(title="Payment", body="Please approve")},
    )
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        announce(news, at=timezone.now())
    own = [q["sql"] for q in captured.captured_queries if q["sql"].lstrip().startswith("WITH")]
    others = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(own) == 1
    assert not [sql for sql in others if sql not in (*own, "BEGIN", "COMMIT")]
    assert PushDelivery.objects.count() == devices
