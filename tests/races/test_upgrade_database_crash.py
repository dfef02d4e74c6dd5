"""PostgreSQL that is killed at each step of an upgrade leaves the phone one of both protocols."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http import HTTPStatus

import psycopg
import pytest
import requests
from psycopg import sql

from enrollment_server.bench.activating import PIN
from enrollment_server.bench.bank import BenchBank
from enrollment_server.demo.own_server import OwnServer, await_readyz, new_session, own_server
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v4.suites import EC_P384
from tests.races.own_postgresql import OwnPostgresql, own_postgresql

pytestmark = pytest.mark.postgresql
PATIENCE_S = 60.0
START, CONFIRM = "/pa/v4/upgrade/start", "/pa/v4/upgrade/confirm"
# What each step writes last; whoever holds it stops the step before its commit.
WRITTEN_LAST = {START: "powerauth_activationkey", CONFIRM: "powerauth_token"}
Row = tuple[int, str]
"""Generation of an activation, and the suite of an upgrade that waits."""


@pytest.fixture
def postgresql() -> Iterator[OwnPostgresql]:
    with own_postgresql() as running:
        yield running


@pytest.fixture
def durable_server(postgresql: OwnPostgresql) -> Iterator[OwnServer]:
    environment = {
        "DATABASE_URL": postgresql.url,
        "LOG_LEVEL": "CRITICAL",
        "POWERAUTH_UPGRADE_VERSION": "4",
    }
    with own_server(environment, arguments=("--no-demo", "--migrate")) as running:
        running.manage("seed_demo")
        yield running


class Crashes:
    """A server whose database is killed, and phones that are moving up."""

    def __init__(self, server: OwnServer, postgresql: OwnPostgresql) -> None:
        self._server, self._postgresql = server, postgresql
        self._bank = BenchBank(server.url, postgresql.url)

    def phone(self) -> Phone:
        phone = self._bank.new_phone()
        phone.suite = EC_P384
        phone.activate(self._bank.activation_codes(1)[0], pin=PIN)
        assert works(phone)
        return phone

    def row(self, phone: Phone) -> Row:
        with psycopg.connect(self._postgresql.url) as database:
            found = database.execute(
                "SELECT protocol_generation, pending_suite FROM powerauth_activation WHERE id = %s",
                [phone.activation_id],
            ).fetchone()
        assert found is not None
        return found[0], found[1]

    def kill_within(self, phone: Phone, path: str) -> None:
        """Kill the database when a step has written everything, and has not committed it."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            with self._held(WRITTEN_LAST[path]) as waits:
                moving = pool.submit(cut_off, phone)
                until = time.monotonic() + PATIENCE_S
                while not waits():
                    assert time.monotonic() < until, "the step does not come to its end"
                    assert not moving.done(), "the step does not write there"
                    time.sleep(0.01)
                self._postgresql.kill()
            moving.result()
        self._start_again()

    def kill_after(self, phone: Phone, path: str) -> None:
        """Kill the database as soon as a step is committed, and nobody has heard of it."""
        with unheard(phone, path):
            cut_off(phone)
        self._postgresql.kill()
        self._start_again()

    @contextmanager
    def _held(self, table: str) -> Iterator[Callable[[], bool]]:
        # It ends with the server that it is connected to.
        with suppress(psycopg.OperationalError), psycopg.connect(self._postgresql.url) as holder:
            name = sql.Identifier(table)
            holder.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(name))
            with psycopg.connect(self._postgresql.url, autocommit=True) as watcher:
                waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
                yield lambda: bool(watcher.execute(waiting, [table]).fetchone())

    def _start_again(self) -> None:
        self._postgresql.start_again()
        # Each thread of the server may refuse once, until it connects anew.
        with new_session() as session:
            await_readyz(self._server.url, session)


def cut_off(phone: Phone) -> None:
    """Move up, and come to no end."""
    with pytest.raises((PhoneFailure, requests.RequestException)):
        phone.upgrade(PIN)


@contextmanager
def unheard(phone: Phone, path: str) -> Iterator[None]:
    """Let the server do what it is asked at a path, and nobody hear of it."""
    post = phone.server.post

    def lossy(asked: str, *arguments: object) -> Answer:
        answer = post(asked, *arguments)  # type: ignore[arg-type] # as they came
        if asked == path:
            assert answer.ok
            raise requests.ConnectionError
        return answer

    phone.server.post = lossy  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        phone.server.post = post  # type: ignore[method-assign]


def works(phone: Phone) -> bool:
    """Tell whether the server accepts a code of the phone, once it decides anything."""
    until = time.monotonic() + PATIENCE_S
    while True:
        status = phone.validate_signature(pin=PIN).status
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return status == HTTPStatus.OK
        assert time.monotonic() < until, "the server does not decide"
        time.sleep(0.05)


def moves_up(phone: Phone) -> bool:
    """Repeat the upgrade; tell whether the phone is one of protocol 4.0 then."""
    phone.upgrade(PIN)
    return phone.version == "4.0" and works(phone)


def test_killed_postgresql_leaves_each_phone_a_protocol(
    postgresql: OwnPostgresql, durable_server: OwnServer
) -> None:
    bank = Crashes(durable_server, postgresql)

    phone = bank.phone()
    bank.kill_within(phone, START)
    assert bank.row(phone) == (3, "")
    assert works(phone)
    assert moves_up(phone)

    phone = bank.phone()
    bank.kill_after(phone, START)
    assert bank.row(phone) == (3, "EC_P384")
    assert works(phone)
    assert moves_up(phone)

    phone = bank.phone()
    bank.kill_within(phone, CONFIRM)
    assert bank.row(phone) == (3, "EC_P384")
    assert works(phone)
    assert moves_up(phone)

    phone = bank.phone()
    bank.kill_after(phone, CONFIRM)
    assert bank.row(phone) == (4, "")
    assert not works(phone)  # by protocol 3, which it left without knowing
    assert moves_up(phone)
    assert bank.row(phone) == (4, "")
