"""Simultaneous registrations, and registrations against changes of the activation."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event

import pytest
import requests
from django.db import connection, transaction
from django.utils import timezone

from powerauth.engine.activations import activations, lifecycle
from powerauth.models import ActivationState
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.v3.headers import TOKEN_HEADER
from push import services
from push.models import PushDevice
from push.values import Registration
from tests.bank import Bank, make_bank
from tests.races.crowd import CROWD, in_vain, together

pytestmark = pytest.mark.postgresql
ROUNDS = 3
Outcome = tuple[int, str | None]
PATH = "/api/push/device/register/token"


def _post(bank: Bank, header: str, token: str) -> Outcome:
    response: requests.Response = bank.new_session().post(
        bank.base_url + PATH,
        data=to_body({"platform": "fcm", "token": token}),
        headers={"Content-Type": "application/json", TOKEN_HEADER: header},
        timeout=60,
    )
    return response.status_code, response.json().get("responseObject", {}).get("code")


def _registrations(bank: Bank, phone: Phone, tokens: list[str]) -> list[Callable[[], Outcome]]:
    usual = phone.usual_token()
    return [partial(_post, bank, phone.token_header(usual), token) for token in tokens]


def test_registrations_of_one_phone_end_with_one_row(busy_bank: Bank) -> None:
    for _ in range(ROUNDS):
        phone = busy_bank.phone("alice")
        outcomes = together(_registrations(busy_bank, phone, ["same"] * CROWD))
        assert outcomes == [(200, None)] * CROWD
        assert PushDevice.objects.filter(activation_id=phone.activation_id).count() == 1


def test_different_tokens_of_one_phone_end_with_one_row(busy_bank: Bank) -> None:
    phone = busy_bank.phone("alice")
    tokens = [f"token-{number}" for number in range(CROWD)]
    for _ in range(ROUNDS):
        outcomes = together(_registrations(busy_bank, phone, tokens))
        assert outcomes == [(200, None)] * CROWD
    assert PushDevice.objects.get().push_token in tokens


def test_many_users_of_one_phone_get_a_row_each(busy_bank: Bank) -> None:
    phones = [busy_bank.phone(f"user-{number}") for number in range(8)]
    actions = [_registrations(busy_bank, phone, ["shared"])[0] for phone in phones]
    assert together(actions) == [(200, None)] * len(phones)
    rows = PushDevice.objects.filter(push_token="shared").values_list("activation_id", flat=True)
    assert sorted(rows) == sorted(phone.activation_id for phone in phones)


def test_what_was_left_behind_is_taken_over_by_one(busy_bank: Bank) -> None:
    for number in range(ROUNDS):
        token = f"token-{number}"
        gone = [busy_bank.phone("alice") for _ in range(2)]
        for phone in gone:
            phone.register_push(token)
            lifecycle.block(phone.activation_id, at=timezone.now())
        phones = [busy_bank.phone("alice") for _ in range(4)]
        actions = [_registrations(busy_bank, phone, [token])[0] for phone in phones]
        assert together(actions) == [(200, None)] * len(phones)
        rows = PushDevice.objects.filter(push_token=token).values_list("activation_id", flat=True)
        assert sorted(rows) == sorted(phone.activation_id for phone in phones)


@pytest.mark.parametrize("end", ["block", "remove"])
def test_no_active_device_outlives_its_activation(busy_bank: Bank, end: str) -> None:
    for _ in range(ROUNDS):
        phone = busy_bank.phone("alice")
        registrations = _registrations(busy_bank, phone, ["x"] * 7)

        def finish(activation_id: str = phone.activation_id) -> Outcome:
            getattr(lifecycle, end)(activation_id, at=timezone.now())
            return 0, None

        outcomes = Counter(together([*registrations[:4], finish, *registrations[4:]]))
        allowed = {
            (0, None),
            (200, None),
            (400, "INVALID_ACTIVATION"),
            (401, "POWERAUTH_AUTH_FAIL"),
        }
        assert set(outcomes) <= allowed
        rows = PushDevice.objects.filter(activation_id=phone.activation_id)
        assert not rows.filter(is_active=True).exists()
        assert end == "block" or not rows.exists()


# --- What happens between authentication and registration, step by step ---------------------------


@pytest.fixture
def bank(transactional_db: None) -> Bank:
    return make_bank()


def _wait_for_a_waiter() -> None:
    """Return as soon as another connection waits for a lock."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # Within a transaction, the view would show the same moment again and again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            # Other tests of the run have databases of their own on the same server.
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("end", ["block", "remove"])
def test_an_activation_that_ends_while_its_phone_registers(bank: Bank, end: str) -> None:
    phone = bank.phone("alice")
    register = _registrations(bank, phone, ["x"])[0]
    locked = Event()

    def finish() -> Outcome:
        with transaction.atomic():
            getattr(lifecycle, end)(phone.activation_id, at=timezone.now())
            locked.set()
            _wait_for_a_waiter()
        return 0, None

    def register_meanwhile() -> Outcome:
        assert locked.wait(timeout=30)
        return register()

    assert together([finish, register_meanwhile]) == [(0, None), (400, "INVALID_ACTIVATION")]
    assert not PushDevice.objects.exists()


def test_a_device_that_appears_between_look_and_insert_is_updated(bank: Bank) -> None:
    phone = bank.phone("alice")
    registration = Registration(
        application_id=bank.application.id,
        activation_id=phone.activation_id,
        user_id="alice",
        platform="apns",
        token="new",
    )
    inserted = Event()

    def insert() -> None:
        with transaction.atomic():
            PushDevice.objects.create(
                activation_id=phone.activation_id,
                user_id="alice",
                application_id=bank.application.id,
                platform="fcm",
                push_token="old",
                last_registered_at=timezone.now(),
            )
            inserted.set()
            _wait_for_a_waiter()

    def register() -> None:
        assert inserted.wait(timeout=30)
        services.register(registration, at=timezone.now())

    together([insert, register])
    row = PushDevice.objects.get()
    assert (row.platform, row.push_token) == ("apns", "new")


def test_a_registry_that_does_not_answer_in_time(
    bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    phone = bank.phone("alice")
    register = _registrations(bank, phone, ["device-token"])[0]
    hold = partial(activations.lock, phone.activation_id)
    assert in_vain(hold, register) == (400, "PUSH_REGISTRATION_FAILED")
    assert bank.activation(phone).state == ActivationState.ACTIVE
    assert not PushDevice.objects.exists()
    assert phone.activation_id in caplog.text
    assert "device-token" not in caplog.text
