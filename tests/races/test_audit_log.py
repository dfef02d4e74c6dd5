"""Many changes at once: chains without gaps, no waiting while one is free, none in a circle."""

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from threading import Barrier, Event, Timer
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from powerauth.engine.audit import chains, ties
from powerauth.engine.audit.audit_chain import verify
from powerauth.engine.audit.audit_log import Actor, Change, append
from powerauth.models import ActorKind, AuditHead, AuditRecord, AuditTie
from tests.audit_guard import unguarded
from tests.bank import Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
EACH = 10


def _append(name: str) -> int:
    """Append a record; give the chain that it got."""
    actor = Actor(kind=ActorKind.SYSTEM)
    (record,) = append(actor, [Change(action=name, object_type="test")], at=timezone.now())
    return chains.chain_of(record.sequence)


def test_simultaneous_appending_makes_chains_without_gaps(transactional_db: None) -> None:
    def work(number: int) -> None:
        for _ in range(EACH):
            with transaction.atomic():
                _append(f"test/{number}")

    together([partial(work, number) for number in range(CROWD)])
    assert AuditRecord.objects.count() == verify().count == CROWD * EACH
    appended = sum(
        head.sequence - chains.before_first(head.id)
        for head in AuditHead.objects.exclude(id=chains.TIES)
    )
    assert appended == CROWD * EACH


def _without_waiting() -> int:
    """Append, and fail at once if somebody holds what that needs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
        return _append("test/other")


def _elsewhere(action: Callable[[], int]) -> int:
    """Do something by another connection."""
    (result,) = together([action])
    return result


def test_an_open_transaction_does_not_block_another_one(transactional_db: None) -> None:
    _append("test/first")
    with transaction.atomic():
        assert _append("test/open") == 0
        assert _elsewhere(_without_waiting) == 1
        # A tie does not wait either; it tells of what was committed.
        assert _elsewhere(_tie_without_waiting) == 1
    heads = json.loads(AuditTie.objects.get().heads)
    assert {chain: end[0] for chain, end in heads.items()} == {
        "0": 1,
        "1": chains.before_first(1) + 1,
    }
    assert verify().count == 3


def _tie_without_waiting() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
        return ties.tie(at=timezone.now())


def test_who_finds_all_chains_taken_waits_and_succeeds(transactional_db: None) -> None:
    _append("test/first")
    taken = Barrier(chains.CHAINS + 1)
    done = Event()

    def hold() -> int:
        with transaction.atomic():
            chain = _append("test/held")
            taken.wait(timeout=30)
            assert done.wait(timeout=30)
        return chain

    def come_last() -> int:
        taken.wait(timeout=30)
        with pytest.raises(OperationalError):
            _without_waiting()
        Timer(0.1, done.set).start()
        return _append("test/last")

    *held, last = together([*[hold] * chains.CHAINS, come_last])
    assert sorted(held) == list(range(chains.CHAINS))
    assert last in held
    assert verify().count == chains.CHAINS + 2


def test_ties_of_many_workers_make_one_chain(transactional_db: None) -> None:
    def work() -> None:
        for _ in range(EACH):
            _append("test/work")
            ties.tie(at=timezone.now())

    together([work] * CROWD)
    ties.tie(at=timezone.now())
    verified = verify()
    assert verified.count == CROWD * EACH
    assert verified.ties == AuditTie.objects.count() == verified.tie.number
    named = ties.ends_of(AuditTie.objects.get(number=verified.tie.number))
    assert {chain: end[0] for chain, end in named.items()} == {
        chain: end.sequence for chain, end in verified.ends.items()
    }


def test_verifying_while_others_append(transactional_db: None) -> None:
    def write() -> int:
        for _ in range(EACH):
            _append("test")
            ties.tie(at=timezone.now())
        return 0

    def read() -> int:
        return max(verify().count for _ in range(EACH))

    counts = together([write, read] * (CROWD // 2))
    assert all(count <= EACH * CROWD // 2 for count in counts)
    assert verify().count == EACH * CROWD // 2


def test_verifying_while_the_first_record_is_appended(transactional_db: None) -> None:
    with unguarded():
        AuditHead.objects.all().delete()
    appended: list[int] = []

    def append_after(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        result = execute(sql, *others)
        if AuditHead._meta.db_table in sql and not appended:
            appended.append(_elsewhere(partial(_append, "test/first")))
        return result

    with connection.execute_wrapper(append_after):
        assert verify().count == 1
    assert appended == [0]


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
    records = AuditRecord.objects.order_by("at")
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
