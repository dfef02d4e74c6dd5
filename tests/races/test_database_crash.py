"""PostgreSQL that is killed in the middle of approvals forgets nothing that was answered."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, LiteralString

import psycopg
import pytest

from enrollment_server.bench.bank import BenchBank, OperationText
from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.own_server import OwnServer, new_session, own_server
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from tests.races.own_postgresql import OwnPostgresql, own_postgresql

pytestmark = pytest.mark.postgresql
RIGHT, WRONG = "1234", "4321"
PHONES = 4  # that approve, and as many that fail
OPERATIONS_EACH = 60
BEFORE_THE_CRASH = 60  # answers
PATIENCE_S = 60.0
MOST_FAILURES = 255  # before an activation is blocked
FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
UNAVAILABLE = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})
VALIDATE = "/pa/v3/signature/validate"


@dataclass(kw_only=True)
class Customer:
    """A phone with operations to decide by one PIN, and what the server has answered to it."""

    phone: Phone
    pin: str
    left: list[OperationText]
    """What is not decided yet."""
    approved: list[str] = field(default_factory=list)
    """Operations whose approval was answered with 200."""
    accepted: list[str] = field(default_factory=list)
    """Headers with signatures that were answered with 200."""
    refused: list[str] = field(default_factory=list)
    """Operations whose approval was answered with 401."""
    failures: int = 0
    """Signatures that were answered with 401."""
    unavailable: list[int] = field(default_factory=list)
    """Statuses of answers that decide nothing."""
    longest_s: float = 0.0

    def answers(self) -> int:
        return len(self.approved) + len(self.accepted) + self.failures

    def work(self, *, patiently: bool) -> None:
        """Decide one operation after another; an impatient one stops when an answer says nothing.

        Raises:
            requests.RequestException: no answer came.
        """
        while self.left:
            operation_id, _ = self.left[0]
            status = self._ask(self._approve, patiently)
            self.approved += [operation_id] * (status == HTTPStatus.OK)
            self.refused += [operation_id] * (status == HTTPStatus.UNAUTHORIZED)
            if status >= FAILED or self._ask(self._validate, patiently) >= FAILED:
                return
            self.left.pop(0)

    def _ask(self, question: Callable[[], int], patiently: bool) -> int:
        until = time.monotonic() + PATIENCE_S
        while True:
            began = time.monotonic()
            status = question()
            self.longest_s = max(self.longest_s, time.monotonic() - began)
            self.failures += status == HTTPStatus.UNAUTHORIZED
            if status < FAILED:
                return status
            self.unavailable.append(status)
            if not patiently or time.monotonic() > until:
                return status
            time.sleep(0.05)

    def _approve(self) -> int:
        operation_id, data = self.left[0]
        return self.phone.approve(operation_id, data, pin=self.pin).status

    def _validate(self) -> int:
        header = self.phone.sign("POST", "/pa/signature/validate", b"{}", pin=self.pin)
        status = post_signed(self.phone.state.base_url, header)
        self.accepted += [header] * (status == HTTPStatus.OK)
        return status


def post_signed(base_url: str, header: str) -> int:
    """Have a signature of an empty object verified; give the status of the answer."""
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: header}
    with new_session() as session:
        answer = session.post(f"{base_url}{VALIDATE}", b"{}", headers=headers, timeout=PATIENCE_S)
    return answer.status_code


@pytest.fixture
def postgresql() -> Iterator[OwnPostgresql]:
    with own_postgresql() as running:
        yield running


@pytest.fixture
def durable_server(postgresql: OwnPostgresql) -> Iterator[OwnServer]:
    environment = {"DATABASE_URL": postgresql.url, "LOG_LEVEL": "CRITICAL"}
    with own_server(environment, arguments=("--no-demo", "--migrate")) as running:
        running.manage("seed_demo")
        yield running


class CrashBank:
    """An application with customers, whose back end is told of each decision."""

    def __init__(self, server: OwnServer, postgresql: OwnPostgresql) -> None:
        self._server = server
        self._bank = BenchBank(server.url, postgresql.url)
        self._back_end = BankClient(server.url, new_session())
        application = self._bank.application_id
        self._back_end.call(
            "application/callback/create",
            applicationId=application,
            name="core",
            type="OPERATION_STATUS_CHANGE",
            callbackUrl="https://core.bank.example/decided",
            attributes=["userId"],
        )
        detail = self._back_end.call("application/detail", applicationId=application)
        self._sdk_config = detail["versions"][0]["mobileSdkConfig"]

    def customer(self, user_id: str, pin: str) -> Customer:
        phone = Phone(self._server.url, sdk_config=self._sdk_config, session=new_session())
        code = self._back_end.call(
            "activation/init",
            userId=user_id,
            applicationId=self._bank.application_id,
            commitPhase="ON_KEY_EXCHANGE",
            maxFailureCount=MOST_FAILURES,
        )
        phone.activate(code["activationCode"], pin=RIGHT)
        operations = self._bank.create_operations(user_id, OPERATIONS_EACH)
        return Customer(phone=phone, pin=pin, left=operations)


def everybody_works(customers: list[Customer], *, patiently: bool) -> list[Future[None]]:
    """Let all phones work at the same time."""
    pool = ThreadPoolExecutor(max_workers=len(customers))
    work = [pool.submit(one.work, patiently=patiently) for one in customers]
    pool.shutdown(wait=False)
    return work


def await_answers(customers: list[Customer], number: int) -> None:
    """Wait until so many requests are answered."""
    until = time.monotonic() + PATIENCE_S
    while sum(one.answers() for one in customers) < number:
        assert time.monotonic() < until, "nothing is answered"
        time.sleep(0.01)


def all_rows(url: str, statement: LiteralString) -> list[Any]:
    """Give the first column of all rows."""
    with psycopg.connect(url) as database:
        return [row[0] for row in database.execute(statement)]


def test_killed_postgresql_forgets_nothing_that_was_answered(
    postgresql: OwnPostgresql, durable_server: OwnServer
) -> None:
    bank = CrashBank(durable_server, postgresql)
    approving = [bank.customer(f"approves-{number}", RIGHT) for number in range(PHONES)]
    failing = [bank.customer(f"fails-{number}", WRONG) for number in range(PHONES)]
    customers = [*approving, *failing]

    working = everybody_works(customers, patiently=False)
    await_answers(customers, BEFORE_THE_CRASH)
    postgresql.kill()
    for work in working:
        work.result()
    # In the middle: everybody has been told that it does not go on, and nobody was at the end.
    assert all(one.left and one.unavailable for one in customers)
    postgresql.start_again()

    # The last thing that was answered before the crash is known after it.
    assert_remembers_approvals(postgresql, approving)
    assert_remembers_failures(postgresql, failing)
    for one in approving:
        assert answer_after_crash(durable_server, one.accepted[-1]) == HTTPStatus.UNAUTHORIZED
    # The server goes on by itself, to the end.
    for work in everybody_works(customers, patiently=True):
        work.result()
    assert not any(one.left for one in customers)
    assert_remembers_approvals(postgresql, approving)
    assert_remembers_failures(postgresql, failing)
    # None waited long for an answer, or got one that nobody has written.
    assert {status for one in customers for status in one.unavailable} <= UNAVAILABLE
    assert max(one.longest_s for one in customers) < PATIENCE_S / 2


def answer_after_crash(server: OwnServer, header: str) -> int:
    """Send a signature; each thread of the server may refuse once, until it connects anew."""
    until = time.monotonic() + PATIENCE_S
    while (status := post_signed(server.url, header)) in UNAVAILABLE:
        assert time.monotonic() < until
    return status


def assert_remembers_approvals(postgresql: OwnPostgresql, approving: list[Customer]) -> None:
    answered = Counter(operation for one in approving for operation in one.approved)
    assert answered.total() == len(answered) > 0
    done = "SELECT id::text FROM operations_operation WHERE status = 'APPROVED'"
    told = (
        "SELECT payload->>'operationId' FROM powerauth_callbackevent "
        "WHERE payload->>'status' = 'APPROVED'"
    )
    approved = set(all_rows(postgresql.url, done))
    assert answered.keys() <= approved
    events = Counter(all_rows(postgresql.url, told))
    assert events == dict.fromkeys(approved, 1)
    # Each approval, and each signature beside it, stands in the record of signatures.
    for one in approving:
        kept = "SELECT activation_id::text FROM powerauth_signatureaudit WHERE valid"
        signed = all_rows(postgresql.url, kept).count(one.phone.activation_id)
        assert signed >= len(one.approved) + len(one.accepted)


def assert_remembers_failures(postgresql: OwnPostgresql, failing: list[Customer]) -> None:
    refused = {operation for one in failing for operation in one.refused}
    counted = "SELECT id::text FROM operations_operation WHERE failure_count > 0"
    assert refused
    assert refused <= set(all_rows(postgresql.url, counted))
    for one in failing:
        kept = "SELECT id::text || ' ' || failed_attempts + free_failures FROM powerauth_activation"
        failures = dict(row.split() for row in all_rows(postgresql.url, kept))
        assert int(failures[one.phone.activation_id]) >= one.failures
