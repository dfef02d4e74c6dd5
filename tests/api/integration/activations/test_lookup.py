"""Finding activations by criteria over HTTP: integration-api.md 7.12 and 19."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 10, 24, 7, 25, 28, 123_456, UTC)
SHOWN = "2024-10-24T07:25:28.123+00:00"


def _found(http: requests.Session, **members: object) -> list[str]:
    answer = ok(http, "activation/lookup", **{"userIds": ["alice"], **members})
    assert set(answer) == {"activations"}
    return [item["activationId"] for item in answer["activations"]]


@pytest.mark.main_path
def test_lookup_shows_what_the_list_shows(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    listed = [ok(http, "activation/list", userId=name)["activations"] for name in ("alice", "bob")]

    answer = ok(http, "activation/lookup", userIds=["alice", "bob"])

    assert answer["activations"] == [*listed[1], *listed[0]]
    assert _found(http) == [alice.activation_id]
    assert _found(http, userIds=["alice", "alice", "nobody"]) == [alice.activation_id]
    assert _found(http, userIds=["nobody"]) == []


@pytest.mark.parametrize(
    ("user_ids", "code"),
    [(None, "ERR0024"), ([], "ERR0024"), ([None], "ERR0024"), ("alice", "ERROR_HTTP_REQUEST")],
)
def test_lookup_needs_users(
    http: requests.Session, alice: Phone, user_ids: object, code: str
) -> None:
    assert refused(http, "activation/lookup", userIds=user_ids) == code


def test_lookup_by_application(
    http: requests.Session, bank: Bank, other_bank: Bank, alice: Phone, mallory: Phone
) -> None:
    here, there = bank.application.id, other_bank.application.id

    for given in (None, [], [here, there], [here, there, "nowhere"]):
        assert _found(http, applicationIds=given) == [mallory.activation_id, alice.activation_id]
    assert _found(http, applicationIds=[here]) == [alice.activation_id]
    assert _found(http, applicationIds=[there, there]) == [mallory.activation_id]
    assert _found(http, applicationIds=["nowhere"]) == []


@pytest.mark.parametrize("state", [state.name for state in ActivationState])
def test_lookup_by_status(http: requests.Session, bank: Bank, alice: Phone, state: str) -> None:
    Activation.objects.update(state=ActivationState[state])

    for wanted in ActivationState:
        found = [alice.activation_id] if wanted.name == state else []
        assert _found(http, activationStatus=wanted.name) == found
    assert _found(http, activationStatus=None) == [alice.activation_id]


def test_lookup_by_flags(http: requests.Session, bank: Bank) -> None:
    none, one, both = (
        bank.phone("alice", flags=flags).activation_id for flags in ([], ["A"], ["A", "B"])
    )

    assert _found(http, activationFlags=[]) == [both, one, none]
    assert _found(http, activationFlags=["A"]) == [both, one]
    assert _found(http, activationFlags=["B", "A", "A"]) == [both]
    assert _found(http, activationFlags=["A", "C"]) == []
    assert _found(http, activationFlags=["a"]) == []


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("bound", "value", "found"),
    [
        ("After", SHOWN, True),
        ("After", 1729754728123, True),
        ("After", "2024-10-24T07:25:28.123999Z", True),
        ("After", "2024-10-24T07:25:28.124Z", False),
        ("After", 1729754728124, False),
        ("After", "2024-10-24T09:25:28.123+0200", True),
        ("Before", SHOWN, False),
        ("Before", 1729754728123, False),
        ("Before", "2024-10-24T07:25:28.123999Z", False),
        ("Before", 1729754728124, True),
        ("Before", None, True),
    ],
)
def test_lookup_by_last_use(
    http: requests.Session, alice: Phone, bound: str, value: object, found: bool
) -> None:
    members = {f"timestampLastUsed{bound}": value}
    for microsecond in (123_000, 123_456, 123_999):
        Activation.objects.update(last_used_at=MOMENT.replace(microsecond=microsecond))

        assert _found(http, **members) == ([alice.activation_id] if found else [])


def test_lookup_since_creation(http: requests.Session, bank: Bank) -> None:
    """A new activation was last used when it was created."""
    bank.code("alice")
    created = ok(http, "activation/lookup", userIds=["alice"])["activations"][0]

    found = _found(http, timestampLastUsedAfter=created["timestampCreated"])

    assert found == [created["activationId"]]
    assert _found(http, timestampLastUsedBefore=created["timestampCreated"]) == []


def test_every_criterion_counts(http: requests.Session, bank: Bank) -> None:
    alice = bank.phone("alice", flags=["A"])
    Activation.objects.update(last_used_at=MOMENT)
    members = {
        "applicationIds": [bank.application.id],
        "timestampLastUsedAfter": SHOWN,
        "timestampLastUsedBefore": "2024-10-24T07:25:28.124Z",
        "activationStatus": "ACTIVE",
        "activationFlags": ["A"],
    }
    others: dict[str, object] = {
        "applicationIds": ["nowhere"],
        "timestampLastUsedAfter": "2024-10-24T07:25:29Z",
        "timestampLastUsedBefore": SHOWN,
        "activationStatus": "BLOCKED",
        "activationFlags": ["B"],
        "userIds": ["bob"],
    }

    assert _found(http, **members) == [alice.activation_id]
    for name, value in others.items():
        assert _found(http, **{**members, name: value}) == []


@pytest.mark.parametrize(
    "members",
    [
        {"activationStatus": "active"},
        {"timestampLastUsedAfter": "yesterday"},
        {"applicationIds": "a"},
        {"activationFlags": [[1]]},
    ],
)
def test_lookup_of_wrong_types(http: requests.Session, members: dict[str, object]) -> None:
    answer = refused(http, "activation/lookup", userIds=["alice"], **members)

    assert answer == "ERROR_HTTP_REQUEST"


def test_lookup_removes_nothing(http: requests.Session, bank: Bank) -> None:
    bank.code("alice", expires_at=timezone.now() - timedelta(hours=1))
    changes = ActivationHistory.objects.count()

    answer = ok(http, "activation/lookup", userIds=["alice"])

    assert answer["activations"][0]["activationStatus"] == "CREATED"
    assert ActivationHistory.objects.count() == changes


def test_lookup_is_one_statement(
    http: requests.Session, bank: Bank, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("alice", "bob", "alice"):
        bank.code(name)
    with django_assert_num_queries(1):
        assert len(_found(http, userIds=["alice", "bob"])) == 3
