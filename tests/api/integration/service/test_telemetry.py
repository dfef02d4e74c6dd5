"""Reports on usage over HTTP: integration-api.md 14."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from powerauth.engine.applications import telemetry
from powerauth.models import Activation
from tests.api.integration.back_end import ok, post
from tests.bank import Bank

pytestmark = pytest.mark.django_db

MONTHLY = "CURRENT_MAU"
IN_DAYS = "USERS_IN_PAST_DAYS"
REFUSED = {
    "status": "ERROR",
    "responseObject": {
        "code": "ERROR_TELEMETRY",
        "message": "Unknown report, or invalid parameters of a report.",
        "localizedMessage": "Unknown report, or invalid parameters of a report.",
    },
}


def _used(bank: Bank, user_id: str, *, before: timedelta) -> None:
    """Make an activation that was used some time ago."""
    code = bank.code(user_id)
    used = timezone.now() - before
    Activation.objects.filter(activation_code=code).update(last_used_at=used)


def _users(http: requests.Session, bank: Bank, name: str, **parameters: object) -> int:
    application_id = bank.application.id
    answer = ok(
        http,
        "telemetry/report",
        name=name,
        parameters={"application": application_id, **parameters},
    )
    data = answer["reportData"]
    assert answer == {
        "name": name.upper(),
        "reportData": {
            "application": application_id,
            "users": data["users"],
            "days": parameters.get("days", 30) if name.upper() == IN_DAYS else 30,
        },
    }
    users: int = data["users"]
    return users


@pytest.mark.main_path
def test_users_are_counted_once_in_the_period(
    http: requests.Session, bank: Bank, other_bank: Bank
) -> None:
    for user_id, days in [("alice", 1), ("alice", 2), ("bob", 29), ("carol", 31), ("dan", 364)]:
        _used(bank, user_id, before=timedelta(days=days, minutes=-1))
    _used(other_bank, "eve", before=timedelta(0))

    assert _users(http, bank, MONTHLY) == 2
    assert _users(http, bank, MONTHLY, days=1) == 2
    assert _users(http, bank, MONTHLY.lower()) == 2
    for days, users in [(1, 1), (28, 1), (29, 2), (30, 2), (31, 3), (365, 4)]:
        assert _users(http, bank, IN_DAYS, days=days) == users
    assert _users(http, other_bank, "Users_In_Past_Days", days=7) == 1


def test_the_period_ends_now(bank: Bank) -> None:
    at = timezone.now()
    bank.code("alice")
    parameters = {"application": bank.application.id, "days": 1}
    moments = {timedelta(0): 1, timedelta(days=-1): 1, timedelta(microseconds=1): 0}
    moments[timedelta(days=-1, microseconds=-1)] = 0
    for difference, users in moments.items():
        Activation.objects.update(last_used_at=at + difference)

        assert telemetry.report(IN_DAYS, parameters, at=at).users == users


def test_an_application_without_users(http: requests.Session, bank: Bank) -> None:
    assert _users(http, bank, MONTHLY) == 0


def test_a_report_is_one_statement(
    bank: Bank, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user_id in ("alice", "bob"):
        bank.code(user_id)
    with django_assert_num_queries(1):
        found = telemetry.report(MONTHLY, {"application": bank.application.id}, at=timezone.now())
    assert found.users == 2


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("YEARLY", {"application": "app"}),
        (f" {MONTHLY}", {"application": "app"}),
        (MONTHLY, {}),
        (MONTHLY, {"application": None}),
        (MONTHLY, {"application": 1}),
        (MONTHLY, {"application": "nowhere"}),
        (MONTHLY, {"application": "a" * 999}),
        (IN_DAYS, {"application": "app"}),
        (IN_DAYS, {"application": "nowhere", "days": 7}),
        (IN_DAYS, {"days": 7}),
        *(
            (IN_DAYS, {"application": "app", "days": days})
            for days in (None, 0, -1, 366, 2**62, "7", 7.0, True, [7])
        ),
    ],
)
def test_reports_that_do_not_exist(
    http: requests.Session, bank: Bank, name: str, parameters: dict[str, Any]
) -> None:
    if parameters.get("application") == "app":
        parameters = {**parameters, "application": bank.application.id}

    response = post(http, "telemetry/report", {"name": name, "parameters": parameters})

    assert (response.status_code, response.json()) == (400, REFUSED)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"name": " ", "parameters": {}}, "requestObject.name - must not be blank"),
        ({"name": MONTHLY}, "requestObject.parameters - must not be null"),
        (
            {},
            "requestObject.name - must not be blank, requestObject.parameters - must not be null",
        ),
    ],
)
def test_a_report_needs_name_and_parameters(
    http: requests.Session, members: dict[str, object], message: str
) -> None:
    response = post(http, "telemetry/report", members)

    detail = {"code": "ERR0024", "message": message, "localizedMessage": message}
    assert response.status_code == 400
    assert response.json() == {"status": "ERROR", "responseObject": detail}


@pytest.mark.parametrize("members", [{"name": [1]}, {"name": MONTHLY, "parameters": []}])
def test_a_report_of_wrong_types(http: requests.Session, members: dict[str, object]) -> None:
    response = post(http, "telemetry/report", members)

    assert response.status_code == 400
    assert response.json()["responseObject"]["code"] == "ERROR_HTTP_REQUEST"
