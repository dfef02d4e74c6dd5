"""The other server is killed and comes back while phones approve."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from operations.models import Operation
from powerauth.models import Activation
from powerauth.phone.phone import Phone
from tests.bank import PIN, make_bank
from tests.races.crowd import free_port, serving
from tests.remote.servers import CONNECT_S, RESPONSE_S, front_server

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]
PHONES, OPERATIONS_EACH = 4, 8
PAUSE_S = 0.3  # between two tries of a phone
TRIES = 60  # for one operation
MANNERS = {(200, None), (400, "OPERATION_ALREADY_FINISHED"), (409, "REMOTE_COMMUNICATION_ERROR")}


@dataclass(kw_only=True)
class Report:
    """What the phones have seen."""

    answers: list[tuple[int, str | None]] = field(default_factory=list)
    longest_s: float = 0.0


def _approve(phone: Phone, operation: Operation, report: Report) -> None:
    """Approve as an app does: with a new signature, until there is a decision."""
    for _ in range(TRIES):
        begun = time.monotonic()
        answer = phone.approve(str(operation.pk), operation.data, pin=PIN)
        report.longest_s = max(report.longest_s, time.monotonic() - begun)
        report.answers.append((answer.status, None if answer.ok else answer.code))
        if answer.ok or answer.code == "OPERATION_ALREADY_FINISHED":
            return
        # What the phone has signed in vain is within the look-ahead of the server.
        time.sleep(PAUSE_S)
    raise AssertionError("no decision about an operation")


def test_outage_costs_no_decision(transactional_db: None, tmp_path: Path) -> None:
    port = free_port()
    service_url = f"http://127.0.0.1:{port}/enrollment-server/rest"
    with (
        serving(processes=1, port=port) as remote,
        front_server(service_url, tmp_path) as front,
    ):
        bank = make_bank(base_url=front.url, new_session=requests.Session)
        phones = [bank.phone("alice", max_failed_attempts=255) for _ in range(PHONES)]
        other = bank.phone("bob")
        work = [[bank.operation("alice") for _ in range(OPERATIONS_EACH)] for _ in phones]
        reports = [Report() for _ in phones]
        begun = threading.Event()

        def approve_all(phone: Phone, mine: list[Operation], report: Report) -> None:
            for operation in mine:
                _approve(phone, operation, report)
                begun.set()

        with ThreadPoolExecutor(max_workers=PHONES) as pool:
            running = [
                pool.submit(approve_all, *job) for job in zip(phones, work, reports, strict=True)
            ]
            assert begun.wait(60)
            remote.kill()
            time.sleep(1.5)
            with serving(processes=1, port=port):
                # The server is back: the first request succeeds.
                assert other.history(pin=PIN) == []
                for one in running:
                    one.result(timeout=120)
    assert {answer for report in reports for answer in report.answers} <= MANNERS
    assert any(answer[0] == 409 for report in reports for answer in report.answers)
    assert max(report.longest_s for report in reports) < 3 * (CONNECT_S + RESPONSE_S)
    decided = Counter(Operation.objects.values_list("status", "failure_count"))
    assert decided == {("APPROVED", 0): PHONES * OPERATIONS_EACH}
    assert set(Activation.objects.values_list("failed_attempts", flat=True)) == {0}
