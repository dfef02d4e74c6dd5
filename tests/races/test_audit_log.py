"""Many changes at once: one chain without gaps, and nobody waits for each other in a circle."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from powerauth.engine.audit.audit_chain import verify
from powerauth.engine.audit.audit_log import Actor, Change, append
from powerauth.models import ActorKind, AuditHead, AuditRecord
from tests.bank import Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
EACH = 10


def test_simultaneous_appending_makes_one_chain(transactional_db: None) -> None:
    actor = Actor(kind=ActorKind.SYSTEM)

    def work(number: int) -> None:
        for step in range(EACH):
            change = Change(action=f"test/{number}", object_type="test", object_id=str(step))
            with transaction.atomic():
                append(actor, [change], at=timezone.now())

    together([partial(work, number) for number in range(CROWD)])
    sequences = AuditRecord.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, CROWD * EACH + 1))
    assert verify().count == AuditHead.objects.get().sequence == CROWD * EACH


def test_verifying_while_others_append(transactional_db: None) -> None:
    actor = Actor(kind=ActorKind.SYSTEM)

    def write() -> int:
        for _ in range(EACH):
            append(actor, [Change(action="test", object_type="test")], at=timezone.now())
        return 0

    def read() -> int:
        return max(verify().count for _ in range(EACH))

    counts = together([write, read] * (CROWD // 2))
    assert all(count <= EACH * CROWD // 2 for count in counts)
    assert verify().count == EACH * CROWD // 2


def test_back_ends_blocking_one_activation_leave_one_record(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    together(
        [
            partial(_call, busy_bank, "activation/block", phone.activation_id),
        ]
        * CROWD
    )
    record = AuditRecord.objects.get()
    assert (record.action, record.object_id) == ("activation/block", phone.activation_id)
    assert '"state":"ACTIVE"' in record.before and '"state":"BLOCKED"' in record.after


def test_opposite_orders_do_not_lock_each_other_out(busy_bank: Bank) -> None:
    phones = [busy_bank.phone(f"user-{number}") for number in range(2)]
    ids = [phone.activation_id for phone in phones]
    calls: list[Callable[[], None]] = [
        partial(_set_states, busy_bank, ordered, state)
        for ordered in (ids, ids[::-1])
        for state in ("BLOCKED", "ACTIVE")
    ]
    together(calls * (CROWD // len(calls)))
    records = AuditRecord.objects.order_by("sequence")
    for activation_id in ids:
        states = [row.after for row in records.filter(object_id=activation_id)]
        # Each record begins where the one before it ended.
        assert states and all(one != other for one, other in pairwise(states))
    assert verify().count == records.count()


def _call(bank: Bank, path: str, activation_id: str) -> None:
    url = f"{bank.base_url}/rest/v3/{path}"
    body = {"requestObject": {"activationId": activation_id}}
    assert bank.new_session().post(url, json=body, timeout=60).status_code == 200


def _set_states(bank: Bank, activation_ids: list[str], state: str) -> None:
    url = f"{bank.base_url}/rest/v3/activation/status/update"
    body = {"requestObject": {"activationIds": activation_ids, "activationStatus": state}}
    assert bank.new_session().post(url, json=body, timeout=60).status_code == 200
