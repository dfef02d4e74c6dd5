"""Status, counter repair and the clock."""

from dataclasses import replace
from typing import Any

import pytest

from powerauth.phone.errors import CounterDeadlock, PhoneFailure, UntrustworthyAnswer
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Scope
from powerauth.protocol.v3.signature import next_counter
from powerauth.protocol.versions import TRAITS
from tests.phone.conftest import PIN, Clock, MakePhone
from tests.phone.fake_server import LOOK_AHEAD, NOW_MS, VALIDITY_MS, FakeServer, raw


def test_status(phone: Phone, server: FakeServer) -> None:
    phone.validate_signature(pin="0000")
    blob = phone.status()
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 1, 5)
    assert (b"challenge" in raw(server.seen[-1])) is TRAITS[phone.version].status_challenge


def move_server(server: FakeServer, steps: int) -> None:
    for _ in range(steps):
        server.mine.ctr_data = next_counter(server.mine.ctr_data)
    server.mine.counter += steps


@pytest.mark.parametrize("steps", [0, 1, LOOK_AHEAD])
def test_a_phone_behind_catches_up(steps: int, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    move_server(server, steps)
    phone.status()
    assert phone.enrolment.ctr_data == server.mine.ctr_data
    assert phone.enrolment.counter == steps
    assert phone.validate_signature(pin=PIN).ok


@pytest.mark.parametrize(
    ("steps", "healed"),
    [(1, False), (LOOK_AHEAD // 2 - 1, False), (LOOK_AHEAD // 2, True), (LOOK_AHEAD - 1, True)],
)
def test_a_phone_far_ahead_pulls_the_server(
    steps: int, healed: bool, make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone()
    phone.advance(steps)
    phone.status()
    assert (server.mine.ctr_data == phone.enrolment.ctr_data) is healed


def test_the_server_may_refuse_to_be_pulled(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    phone.advance(LOOK_AHEAD // 2)

    def block(_path: str, body: Any) -> Any:
        server.activation = None
        return body

    server.tamper = block
    with pytest.raises(PhoneFailure):
        phone.status()


@pytest.mark.parametrize("steps", [LOOK_AHEAD, 100])
def test_deadlock_ahead(steps: int, make_phone: MakePhone) -> None:
    phone = make_phone()
    phone.advance(steps)
    with pytest.raises(CounterDeadlock):
        phone.status()


def test_deadlock_behind(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    move_server(server, LOOK_AHEAD + 1)
    with pytest.raises(CounterDeadlock):
        phone.status()


def test_without_a_challenge_nothing_is_repaired(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.0")
    move_server(server, 5)
    phone.status()
    assert phone.enrolment.counter == 0


def test_server_status_sets_the_clock(make_phone: MakePhone, clock: Clock) -> None:
    phone = make_phone("3.2")
    clock.ms -= 7_000
    assert phone.time_ms() == NOW_MS - 7_000
    assert phone.server_status() == {"serverTime": NOW_MS}
    assert phone.state.clock_offset_ms == 7_000
    assert phone.time_ms() == NOW_MS


def test_half_of_the_round_trip_counts(make_phone: MakePhone, clock: Clock) -> None:
    phone = make_phone("3.2")
    clock.ms = 1_400
    phone.synchronise(5_000, asked_at_ms=1_000)
    assert phone.state.clock_offset_ms == 3_800


def test_a_temporary_key_sets_the_clock(make_phone: MakePhone, clock: Clock) -> None:
    phone = make_phone("3.3")
    clock.ms += 60_000
    phone.user_info()
    assert phone.time_ms() == NOW_MS


def test_a_temporary_key_lives_until_shortly_before_its_end(
    make_phone: MakePhone, clock: Clock
) -> None:
    phone = make_phone("3.3")
    first = phone.temporary_key(Scope.ACTIVATION)
    clock.ms += VALIDITY_MS - 10_001
    assert phone.temporary_key(Scope.ACTIVATION) == first
    clock.ms += 1
    assert phone.temporary_key(Scope.ACTIVATION) != first


def test_each_scope_has_its_own_key(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3")
    application, activation = (phone.temporary_key(scope) for scope in Scope)
    assert application.activation_id is None
    assert activation.activation_id == server.mine.activation_id


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_older_versions_want_no_temporary_key(
    version: str, make_phone: MakePhone, server: FakeServer
) -> None:
    make_phone(version).user_info()
    assert server.temporary == {}


@pytest.mark.parametrize("value", [None, "1", {}])
def test_a_server_without_a_time(value: object, make_phone: MakePhone, server: FakeServer) -> None:
    def tamper(_path: str, body: Any) -> Any:
        return {**body, "responseObject": {"serverTime": value}}

    phone = make_phone("3.2")
    server.tamper = tamper
    before = phone.state
    with pytest.raises(UntrustworthyAnswer):
        phone.server_status()
    assert phone.state == before


def test_a_blocked_activation_is_not_repaired(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    phone.state = replace(phone.state, enrolment=phone.enrolment.stepped(100))
    server.state = 4
    assert phone.status().state == 4
