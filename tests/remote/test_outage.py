"""The server with everything is killed and comes back while phones approve, read and register."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest
import requests

from inbox.models import InboxMessage
from operations.models import Operation
from powerauth.models import Activation
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from push.models import PushDevice
from tests.api.inbox.wire import READ
from tests.bank import PIN, make_bank
from tests.inbox.mailbox import write
from tests.races.crowd import free_port, serving
from tests.remote.servers import CONNECT_S, RESPONSE_S, front_server

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]
PHONES, TIMES = 4, 6
PAUSE_S = 0.3  # between two tries of a phone
TRIES = 60  # of one request
FINISHED = "OPERATION_ALREADY_FINISHED"
MANNERS = {
    (200, None),
    (400, FINISHED),
    (409, "REMOTE_COMMUNICATION_ERROR"),
    (400, "INBOX_FAILED"),
    (400, "PUSH_REGISTRATION_FAILED"),
}


@dataclass(kw_only=True)
class Work:
    """What a phone does, one after the other, and what it sees of it."""

    phone: Phone
    operations: list[Operation]
    messages: list[InboxMessage]
    answers: list[tuple[int, str | None]] = field(default_factory=list)
    longest_s: float = 0.0

    def do(self, begun: threading.Event) -> None:
        for number in range(TIMES):
            operation, message = self.operations[number], self.messages[number]
            # With a new signature each time, as an app does.
            self._until_done(
                partial(self.phone.approve, str(operation.pk), operation.data, pin=PIN)
            )
            self._until_done(partial(self.phone.token_post, READ, {"id": str(message.pk)}))
            token = f"{self.phone.activation_id} {number}"
            self._until_done(partial(self.phone.register_push, token))
            begun.set()

    def _until_done(self, act: Callable[[], Answer]) -> None:
        for _ in range(TRIES):
            begun = time.monotonic()
            answer = act()
            self.longest_s = max(self.longest_s, time.monotonic() - begun)
            self.answers.append((answer.status, None if answer.ok else answer.code))
            if answer.ok or answer.code == FINISHED:
                return
            # What the phone has signed in vain is within the look-ahead of the server.
            time.sleep(PAUSE_S)
        raise AssertionError("nothing but failures")


def _work(phone: Phone, operations: list[Operation], application_id: str) -> Work:
    phone.create_token()
    messages = [write("alice", [application_id]) for _ in operations]
    return Work(phone=phone, operations=operations, messages=messages)


def test_outage_costs_no_decision_no_message_and_no_device(
    transactional_db: None, tmp_path: Path
) -> None:
    port = free_port()
    root = f"http://127.0.0.1:{port}/enrollment-server"
    others = {
        "POWERAUTH_SERVICE_LINE": "2.0",
        "PUSH_SERVICE_URL": root,
        "PUSH_SERVICE_CONNECT_TIMEOUT_S": str(CONNECT_S),
        "PUSH_SERVICE_RESPONSE_TIMEOUT_S": str(RESPONSE_S),
    }
    with (
        serving(processes=1, port=port) as remote,
        front_server(f"{root}/rest", tmp_path, **others) as front,
    ):
        bank = make_bank(base_url=front.url, new_session=requests.Session)
        work = [
            _work(
                bank.phone("alice", version=version, max_failed_attempts=255),
                [bank.operation("alice") for _ in range(TIMES)],
                bank.application.id,
            )
            for version in islice(cycle(["3.3", "4.0"]), PHONES)
        ]
        other = bank.phone("bob")
        begun = threading.Event()
        with ThreadPoolExecutor(max_workers=PHONES) as pool:
            running = [pool.submit(one.do, begun) for one in work]
            assert begun.wait(60)
            remote.kill()
            time.sleep(1.5)
            with serving(processes=1, port=port):
                # The server is back: the first request succeeds.
                assert other.history(pin=PIN) == []
                for future in running:
                    future.result(timeout=120)
    answers = [answer for one in work for answer in one.answers]
    assert set(answers) <= MANNERS
    assert any(answer not in {(200, None), (400, FINISHED)} for answer in answers)
    # An approval is three calls, each of which may be the one that gets no answer.
    assert max(one.longest_s for one in work) < 3 * (CONNECT_S + RESPONSE_S)
    decided = Counter(Operation.objects.values_list("status", "failure_count"))
    assert decided == {("APPROVED", 0): PHONES * TIMES}
    assert set(Activation.objects.values_list("failed_attempts", flat=True)) == {0}
    assert not InboxMessage.objects.unread().exists()
    last = {row.activation_id: row.push_token for row in PushDevice.objects.all()}
    assert last == {
        name: f"{name} {TIMES - 1}" for name in (one.phone.activation_id for one in work)
    }
