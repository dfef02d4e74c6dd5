"""Guessing is slow, also in parallel; and nobody is locked out by strangers for long."""

from datetime import timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import F
from pytest_django.fixtures import Settings

from enrollment_server.staff.guessing import throttle
from enrollment_server.staff.models import FailedLogins
from powerauth.engine.audit.audit_chain import verify
from powerauth.models import AuditRecord
from tests.races.crowd import together
from tests.staff.people import (
    PASSWORD,
    WRONG,
    audit,
    browser,
    is_in,
    person,
    text_of,
    type_password,
)


@pytest.fixture
def clerk(db: None) -> User:
    return person()


def let_pass(seconds: float) -> None:
    """Let time pass for all counters."""
    span = timedelta(seconds=seconds)
    FailedLogins.objects.update(last_at=F("last_at") - span)
    FailedLogins.objects.exclude(locked_until=None).update(locked_until=F("locked_until") - span)


def test_the_delay_grows_up_to_a_limit(settings: Settings) -> None:
    settings.STAFF_LOGIN_MAX_DELAY_S = 900
    delays = [throttle.delay_s(failures, free=5) for failures in (0, 4, 5, 6, 7, 9, 10, 1000)]
    assert delays == [0, 0, 30, 60, 120, 480, 900, 900]


def test_an_account_is_locked_even_for_the_right_password(clerk: User) -> None:
    for number in range(5):
        answer = type_password(browser(f"192.0.2.{number}"), password=WRONG)
        assert answer.status_code == 200 and b"case-sensitive" in answer.content
    answer = type_password(browser("198.51.100.1"))
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 31
    assert "try again in 1 minute." in text_of(answer)
    let_pass(31)
    client = browser("198.51.100.1")
    assert type_password(client).status_code == 302 and is_in(client)
    assert not FailedLogins.objects.filter(scope="ACCOUNT").exists()


def test_each_further_failure_doubles_the_delay_and_attempts_while_locked_do_not(
    clerk: User,
) -> None:
    for number in range(5):
        type_password(browser(f"192.0.2.{number}"), password=WRONG)
    until = FailedLogins.objects.get(scope="ACCOUNT").locked_until
    for number in range(10):
        assert type_password(browser(f"192.0.3.{number}"), password=WRONG).status_code == 429
    counter = FailedLogins.objects.get(scope="ACCOUNT")
    assert (counter.failures, counter.refused, counter.locked_until) == (5, 10, until)
    let_pass(31)
    type_password(browser("192.0.4.1"), password=WRONG)
    *_, (action, _, facts) = audit()
    assert action == "admin/lock"
    assert (facts["seconds"], facts["failures"], facts["refusedBefore"]) == (60, 6, 10)


def test_strangers_cannot_lock_out_who_has_logged_in_before(clerk: User) -> None:
    own = browser("203.0.113.5")
    type_password(own)
    own.post("/admin/logout/")
    for number in range(30):
        # Also from behind the same address as the owner.
        type_password(browser("203.0.113.5" if number % 2 else f"192.0.2.{number}"), password=WRONG)
    assert type_password(browser("198.51.100.1")).status_code == 429
    assert type_password(own).status_code == 302 and is_in(own)


def test_a_known_browser_is_no_way_around_the_delay(clerk: User) -> None:
    own = browser()
    type_password(own)
    own.post("/admin/logout/")
    statuses = [type_password(own, password=WRONG).status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 429]
    assert type_password(own).status_code == 429
    assert type_password(browser("198.51.100.1")).status_code == 302


def test_the_cookie_of_a_browser_is_good_for_its_account_only(clerk: User) -> None:
    mallory = person("mallory")
    hers = browser()
    type_password(hers, "mallory")
    hers.post("/admin/logout/")
    hers.cookies[f"staff_browser_{clerk.pk}"] = hers.cookies[f"staff_browser_{mallory.pk}"].value
    for number in range(5):
        type_password(browser(f"192.0.2.{number}"), password=WRONG)
    assert type_password(hers).status_code == 429


def test_an_address_is_locked_whomever_it_tries(clerk: User, settings: Settings) -> None:
    settings.STAFF_LOGIN_ADDRESS_ATTEMPTS = 3
    for name in ("anna", "bert", "carl"):
        assert type_password(browser(), name, WRONG).status_code == 200
    assert type_password(browser()).status_code == 429
    assert type_password(browser("192.0.2.2")).status_code == 302


def test_an_account_of_ones_own_does_not_free_an_address(clerk: User, settings: Settings) -> None:
    settings.STAFF_LOGIN_ADDRESS_ATTEMPTS = 4
    person("mallory")
    for name in ("anna", "bert"):
        type_password(browser(), name, WRONG)
    type_password(browser(), "mallory")
    assert FailedLogins.objects.get(scope="ADDRESS", address="192.0.2.1").failures == 2
    for name in ("carl", "dora"):
        type_password(browser(), name, WRONG)
    assert type_password(browser(), "emil", WRONG).status_code == 429


@pytest.mark.parametrize(
    ("proxies", "address"), [([], "10.0.0.1"), (["10.0.0.0/8"], "198.51.100.7")]
)
def test_the_address_is_the_one_that_trusted_proxies_vouch_for(
    clerk: User, settings: Settings, proxies: list[str], address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    client = browser("10.0.0.1", **{"X-Forwarded-For": "192.0.2.66, 198.51.100.7"})
    type_password(client, password=WRONG)
    assert FailedLogins.objects.get(scope="ADDRESS").address == address
    assert audit()[0][2]["address"] == address


def test_half_of_an_ipv6_address_is_the_network(clerk: User, settings: Settings) -> None:
    settings.STAFF_LOGIN_ADDRESS_ATTEMPTS = 3
    for number in range(3):
        type_password(browser(f"2001:db8::{number}"), f"somebody-{number}", WRONG)
    assert type_password(browser("2001:db8::ffff:1")).status_code == 429
    assert type_password(browser("2001:db8:0:1::1")).status_code == 302


def test_unknown_names_are_locked_like_known_ones(clerk: User) -> None:
    def answers(name: str) -> list[tuple[int, str]]:
        found = []
        for number in range(6):
            answer = type_password(browser(f"198.51.100.{number}"), name, WRONG)
            shown = text_of(answer).split("</head>")[1].replace(name, "")
            found.append((answer.status_code, shown.split("csrfmiddlewaretoken")[0]))
        return found

    assert answers("clerk") == answers("nobody-here")


def test_what_is_typed_is_not_stored(clerk: User, caplog: pytest.LogCaptureFixture) -> None:
    typed = "hunter2-in-the-wrong-field"
    with caplog.at_level("DEBUG"):
        type_password(browser(), typed, WRONG)
        type_password(browser(), "clerk", WRONG)
    stored = [str(cell) for row in AuditRecord.objects.values_list() for cell in row]
    stored += [str(cell) for row in FailedLogins.objects.values_list() for cell in row]
    stored += [record.getMessage() for record in caplog.records]
    assert len(stored) > 40
    assert not [cell for cell in stored if typed in cell or WRONG in cell or PASSWORD in cell]


def test_failures_and_locks_are_recorded(clerk: User) -> None:
    type_password(browser(), "nobody-here", WRONG)
    for _ in range(5):
        type_password(browser(), password=WRONG)
    clerk.is_active = False
    clerk.save()
    let_pass(31)
    type_password(browser())
    records = audit()
    first = {"step": "password", "reason": "unknown user", "address": "192.0.2.1"}
    assert records[0] == ("admin/login", "FAILED", first)
    assert records[1][2] == {**first, "reason": "wrong password", "user": "clerk"}
    assert records[6][0] == "admin/lock"
    assert records[6][2]["locked"] == "ACCOUNT"
    assert records[7][2]["reason"] == "not active"
    assert {record.actor_name for record in AuditRecord.objects.all()} == {""}
    assert AuditRecord.objects.filter(object_id=str(clerk.pk)).count() == 8
    assert verify().count == 9


def test_failures_are_forgotten_after_a_day(clerk: User) -> None:
    for _ in range(4):
        type_password(browser(), password=WRONG)
    let_pass(24 * 3600 + 1)
    for _ in range(4):
        assert type_password(browser(), password=WRONG).status_code == 200
    assert type_password(browser()).status_code == 302
    let_pass(24 * 3600 + 1)
    call_command("prune", verbosity=0)
    assert not FailedLogins.objects.exists()


@pytest.mark.parametrize("arguments", [["clerk"], ["--all"]])
def test_an_operator_can_unlock(clerk: User, arguments: list[str]) -> None:
    for number in range(5):
        type_password(browser(f"192.0.2.{number}"), password=WRONG)
    call_command("unlock_staff", *arguments)
    assert type_password(browser("198.51.100.1")).status_code == 302
    unlocked = next(row for row in audit() if row[0] == "command/unlock_staff")
    assert unlocked[2]["counters"] > 0


def test_an_operator_can_unlock_an_address(clerk: User, settings: Settings) -> None:
    settings.STAFF_LOGIN_ADDRESS_ATTEMPTS = 1
    type_password(browser(), "nobody-here", WRONG)
    assert type_password(browser()).status_code == 429
    call_command("unlock_staff", "--address", "192.0.2.1")
    assert type_password(browser()).status_code == 302


def test_an_operator_can_make_a_new_browser_a_known_one(clerk: User) -> None:
    for number in range(5):
        type_password(browser(f"192.0.2.{number}"), password=WRONG)
    client = browser("198.51.100.1")
    assert type_password(client).status_code == 429
    out = StringIO()
    call_command("known_browser", "clerk", stdout=out)
    path = out.getvalue().strip()
    assert path.startswith("/enrollment-server/admin/")
    client.get(path.removeprefix("/enrollment-server"))
    assert not is_in(client)
    assert type_password(client).status_code == 302 and is_in(client)
    assert "command/known_browser" in [action for action, _, _ in audit()]


@pytest.mark.parametrize("invitation", ["", "x", "MQ:x:y", "\x00"])
def test_an_invitation_that_is_none(clerk: User, invitation: str) -> None:
    client = browser()
    client.get("/admin/login/browser/", {"invitation": invitation})
    assert f"staff_browser_{clerk.pk}" not in client.cookies


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_slip_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve guess at the same moment: no more passwords are verified than are free."""
    person()
    verified: list[Any] = []

    def verify_slowly(*args: object, **credentials: object) -> None:
        verified.append(credentials["username"])

    monkeypatch.setattr("enrollment_server.staff.login.steps.authenticate", verify_slowly)

    def guess(number: int) -> int:
        answer = type_password(browser(f"192.0.2.{number}"), password=WRONG)
        return int(answer.status_code)

    statuses = together([partial(guess, number) for number in range(12)])
    assert sorted(statuses) == [200] * 5 + [429] * 7
    assert len(verified) == 5
