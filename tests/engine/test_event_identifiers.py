"""The identifiers of callback events are random UUIDs of version 4 on every database."""

import sqlite3
import uuid
from contextlib import closing

import pytest
from django.utils import timezone

from powerauth.engine.activations import activation_init
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.callbacks import callback_outbox
from powerauth.models import CallbackEvent
from tests.bank import Bank
from tests.engine.test_callback_outbox import listen

MANY = 2000


def _check(texts: list[str]) -> None:
    found = [uuid.UUID(text) for text in texts]
    assert {(one.version, one.variant) for one in found} == {(4, uuid.RFC_4122)}
    assert len(set(found)) == len(texts)
    # Each of the other 30 digits takes every value, so none of them is fixed by mistake.
    for place in set(range(32)) - {12, 16}:
        assert len({one.hex[place] for one in found}) == 16
    assert {one.hex[16] for one in found} == set("89ab")


def test_sqlite() -> None:
    query = (  # made of constants
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) "  # noqa: S608
        f"SELECT {callback_outbox._RANDOM_ID['sqlite']} FROM n"
    )
    with closing(sqlite3.connect(":memory:")) as database:
        _check([row[0] for row in database.execute(query)])


@pytest.mark.django_db
def test_database_in_use(bank: Bank) -> None:
    for number in range(3):
        listen(bank.application.id, name=f"listener {number}")
    request = InitRequest(user_id="alice", application_id=bank.application.id)
    activation_init.init(request, at=timezone.now())
    identifiers = set(CallbackEvent.objects.values_list("id", flat=True))
    assert len(identifiers) == 3
    assert {one.version for one in identifiers} == {4}
