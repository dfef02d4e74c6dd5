"""The Push Server is killed and comes back while phones register, read and approve."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import pytest
import requests

from inbox.models import InboxMessage
from operations.models import Operation
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from push.models import PushDevice
from tests.api.inbox.wire import COUNT, READ
from tests.bank import PIN, make_bank
from tests.inbox.mailbox import write
from tests.races.crowd import free_port, serving

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]
PHONES, TIMES = 3, 8
CONNECT_S, RESPONSE_S = 1, 3
PAUSE_S = 0.3  # between two tries of a phone
TRIES = 60  # of one request
MANNERS = {(200, None), (400, "PUSH_REGISTRATION_FAILED"), (400, "INBOX_FAILED")}


@dataclass(kw_only=True)
class Report:
    """What a phone has seen."""

    answers: list[tuple[int, str | None]] = field(default_factory=list)
    approved_meanwhile: int = 0
    longest_s: float = 0.0

    def tried(self, act: Callable[[], Answer]) -> bool:
        """Tell whether a request succeeds now."""
        begun = time.monotonic()
        answer = act()
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        self.answers.append((answer.status, None if answer.ok else answer.code))
        return answer.ok


@dataclass(kw_only=True)
class Work:
    """What a phone does, again and again: each as an app does it, until it succeeds."""

    phone: Phone
    messages: list[InboxMessage]
    operations: list[Operation]
    report: Report = field(default_factory=Report)

    def do(self, begun: threading.Event, away: threading.Event) -> None:
        for number, message in enumerate(self.messages):
            token = f"{self.phone.activation_id} {number}"
            self._until_done(partial(self.phone.register_push, token), away)
            wanted = {"id": str(message.pk)}
            self._until_done(partial(self.phone.token_post, READ, wanted), away)
            begun.set()

    def _until_done(self, act: Callable[[], Answer], away: threading.Event) -> None:
        for _ in range(TRIES):
            if self.report.tried(act):
                return
            if away.is_set() and self.operations:
                # What has nothing to do with the Push Server goes on without it.
                operation = self.operations.pop()
                assert self.phone.approve(str(operation.pk), operation.data, pin=PIN).ok
                self.report.approved_meanwhile += 1
            time.sleep(PAUSE_S)
        raise AssertionError("no answer but failures")


def test_outage_costs_no_device_no_message_and_no_approval(transactional_db: None) -> None:
    push_port = free_port()
    settings = {
        "PUSH_SERVICE_URL": f"http://127.0.0.1:{push_port}/enrollment-server",
        "PUSH_SERVICE_CONNECT_TIMEOUT_S": str(CONNECT_S),
        "PUSH_SERVICE_RESPONSE_TIMEOUT_S": str(RESPONSE_S),
    }
    with (
        serving(processes=1, port=push_port) as remote,
        serving(processes=1, settings=settings) as front,
    ):
        bank = make_bank(base_url=front.url, new_session=requests.Session)
        application = bank.application.id
        work = [
            Work(
                phone=bank.phone("alice"),
                messages=[write("alice", [application]) for _ in range(TIMES)],
                operations=[bank.operation("alice") for _ in range(TIMES)],
            )
            for _ in range(PHONES)
        ]
        for one in work:
            one.phone.create_token()
        other = bank.phone("bob")
        other.create_token()
        begun, away = threading.Event(), threading.Event()
        with ThreadPoolExecutor(max_workers=PHONES) as pool:
            running = [pool.submit(one.do, begun, away) for one in work]
            assert begun.wait(60)
            remote.kill()
            away.set()
            time.sleep(1.5)
            with serving(processes=1, port=push_port):
                # The server is back: the first request succeeds.
                assert other.token_post(COUNT, {}).ok
                for future in running:
                    future.result(timeout=120)
    answers = [answer for one in work for answer in one.report.answers]
    assert set(answers) <= MANNERS
    assert any(status == 400 for status, _ in answers)
    assert sum(one.report.approved_meanwhile for one in work) > 0
    # To read is two calls.
    assert max(one.report.longest_s for one in work) < 3 * (CONNECT_S + RESPONSE_S)
    assert not InboxMessage.objects.unread().exists()
    last = {row.activation_id: row.push_token for row in PushDevice.objects.all()}
    expected = {one.phone.activation_id for one in work}
    assert last == {activation: f"{activation} {TIMES - 1}" for activation in expected}
