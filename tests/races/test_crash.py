"""Worker processes that die in the middle of approvals lose none and double none."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from operations.models import Operation
from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from tests.bank import PIN, make_bank
from tests.races.crowd import Server

pytestmark = pytest.mark.postgresql
PHONES = 8
OPERATIONS_EACH = 25
KILLS = 6
GIVE_UP_AFTER = 40  # tries for one operation
Answers = list[tuple[int, str | None]]


def _approve_persistently(phone: Phone, operation: Operation) -> Answers:
    """Approve as an app does: try again with a new signature until the server has answered."""
    answers: Answers = []
    for _ in range(GIVE_UP_AFTER):
        try:
            answer = phone.approve(str(operation.id), operation.data, pin=PIN)
        except requests.RequestException:
            time.sleep(0.05)
            continue
        answers.append((answer.status, None if answer.ok else answer.code))
        if answer.ok or answer.code == "OPERATION_ALREADY_FINISHED":
            return answers
    raise AssertionError(f"no decision about an operation after {answers}")


def test_killed_workers_lose_and_double_no_approval(server: Server, transactional_db: None) -> None:
    bank = make_bank(base_url=server.url, new_session=requests.Session)
    work = [
        (phone, [bank.operation("alice") for _ in range(OPERATIONS_EACH)])
        for phone in (bank.phone("alice", max_failed_attempts=255) for _ in range(PHONES))
    ]
    running = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        running.wait()
        for _ in range(KILLS):
            time.sleep(0.25)
            killed.append(server.kill_worker())

    def approve_all(
        phone: Phone, operations: list[Operation]
    ) -> list[list[tuple[int, str | None]]]:
        running.set()
        return [_approve_persistently(phone, operation) for operation in operations]

    with ThreadPoolExecutor(max_workers=PHONES + 1) as pool:
        killer = pool.submit(kill)
        batches = list(pool.map(lambda job: approve_all(*job), work))
        killer.result()
    answers = [given for batch in batches for given in batch]

    assert len(set(killed)) == KILLS
    assert Counter(Operation.objects.values_list("status", flat=True)) == {
        "APPROVED": PHONES * OPERATIONS_EACH
    }
    # An approval may succeed unheard, but none succeeds twice.
    assert all(given.count((200, None)) <= 1 for given in answers)
    assert Operation.objects.filter(failure_count__gt=0).count() == 0
    # Whoever was told yes had a signature that was verified and kept.
    heard = sum(given.count((200, None)) for given in answers)
    assert SignatureAudit.objects.filter(valid=True).count() >= PHONES * OPERATIONS_EACH >= heard
