"""The activations of a user, as the bank lists them."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db


def _ids(http: requests.Session, **members: object) -> list[str]:
    answer = ok(http, "activation/list", **{"userId": "alice", **members})
    assert answer["userId"] == "alice"
    return [item["activationId"] for item in answer["activations"]]


def _created(bank: Bank, count: int, **init: Any) -> list[str]:
    """Make activations of Alice, and give their ids, the newest first."""
    for _ in range(count):
        bank.code("alice", **init)
    newest = Activation.objects.order_by("-created_at").values_list("id", flat=True)
    return [str(activation_id) for activation_id in newest[:count]]


@pytest.mark.main_path
def test_list_shows_the_whole_activation(http: requests.Session, bank: Bank, bob: Phone) -> None:
    alice = bank.phone("alice", flags=["B", "A"])
    ok(http, "activation/block", activationId=alice.activation_id, reason="LOST")
    row = bank.activation(alice)

    answer = ok(http, "activation/list", userId="alice")

    assert row.last_change_at is not None
    assert answer == {
        "userId": "alice",
        "activations": [
            {
                "activationId": alice.activation_id,
                "activationStatus": "BLOCKED",
                "blockedReason": "LOST",
                "activationName": "Phone",
                "externalId": None,
                "extras": None,
                "protocol": "powerauth",
                "platform": "android",
                "deviceInfo": "Software phone",
                "activationFlags": ["A", "B"],
                "timestampCreated": row.created_at.isoformat(timespec="milliseconds"),
                "timestampLastUsed": row.last_used_at.isoformat(timespec="milliseconds"),
                "timestampLastChange": row.last_change_at.isoformat(timespec="milliseconds"),
                "userId": "alice",
                "applicationId": bank.application.id,
                "applicationName": None,
                "failedAttempts": 0,
                "maxFailedAttempts": 5,
                "devicePublicKeyBase64": b64(alice.enrolment_3.device_public_key),
                "version": 3,
                "parentActivationId": None,
                "transferType": None,
            }
        ],
    }


def test_list_shows_a_created_activation(http: requests.Session, bank: Bank) -> None:
    bank.code("alice")

    item = ok(http, "activation/list", userId="alice")["activations"][0]

    assert (item["activationStatus"], item["devicePublicKeyBase64"]) == ("CREATED", None)
    assert (item["version"], item["platform"]) == (0, None)
    assert item["timestampLastChange"] == item["timestampCreated"]
    [looked_up] = ok(http, "activation/lookup", userIds=["alice"])["activations"]
    assert looked_up == item


@pytest.mark.parametrize("user_id", ["nobody", "", "Alice"])
def test_list_of_a_user_without_activations(
    http: requests.Session, alice: Phone, user_id: str
) -> None:
    answer = ok(http, "activation/list", userId=user_id)

    assert answer == {"userId": user_id, "activations": []}


def test_list_needs_a_user(http: requests.Session, alice: Phone) -> None:
    assert refused(http, "activation/list", userId=None) == "ERR0024"


def test_list_is_the_newest_first_and_paged(
    http: requests.Session, bank: Bank, settings: Settings
) -> None:
    ids = _created(bank, 5)

    assert _ids(http) == ids
    assert _ids(http, pageSize=2) == ids[:2]
    assert _ids(http, pageSize=2, pageNumber=1) == ids[2:4]
    assert _ids(http, pageSize=2, pageNumber=2) == ids[4:]
    assert _ids(http, pageSize=2, pageNumber=3) == []
    assert _ids(http, pageSize=2**31 - 1, pageNumber=2**31 - 1) == []
    settings.POWERAUTH_PAGE_SIZE = 3
    assert _ids(http) == ids[:3]
    assert _ids(http, pageNumber=1) == ids[3:]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pageNumber", -1),
        ("pageNumber", 2**31),
        ("pageNumber", 2**63 - 1),
        ("pageSize", 0),
        ("pageSize", -1),
        ("pageSize", 2**31),
    ],
)
def test_list_refuses_a_page(http: requests.Session, name: str, value: int) -> None:
    assert refused(http, "activation/list", userId="alice", **{name: value}) == "ERR0024"


def test_list_filters_by_application(
    http: requests.Session, bank: Bank, alice: Phone, mallory: Phone
) -> None:
    assert set(_ids(http)) == {alice.activation_id, mallory.activation_id}
    assert _ids(http, applicationId=bank.application.id) == [alice.activation_id]
    assert _ids(http, applicationId="unknown") == []


def test_list_filters_by_state(http: requests.Session, bank: Bank) -> None:
    active, blocked = bank.phone("alice"), bank.phone("alice")
    ok(http, "activation/block", activationId=blocked.activation_id)

    assert _ids(http, activationStatuses=["ACTIVE"]) == [active.activation_id]
    assert _ids(http, activationStatuses=["REMOVED"]) == []
    both = [blocked.activation_id, active.activation_id]
    assert _ids(http, activationStatuses=["BLOCKED", "ACTIVE", "CREATED"]) == both
    assert _ids(http, activationStatuses=[]) == both
    assert _ids(http, activationStatuses=None) == both


def test_list_filters_by_protocol(http: requests.Session, alice: Phone) -> None:
    for protocols in [None, [], ["powerauth"], ["fido2", "powerauth"]]:
        assert _ids(http, protocols=protocols) == [alice.activation_id]
    assert _ids(http, protocols=["fido2"]) == []


def test_list_removes_what_has_expired(http: requests.Session, bank: Bank) -> None:
    past = timezone.now() - timedelta(seconds=1)
    expired = _created(bank, 2, expires_at=past)
    waiting = _created(bank, 1)
    bank.code("bob", expires_at=past)

    answer = ok(http, "activation/list", userId="alice", activationStatuses=["CREATED"])

    assert [item["activationId"] for item in answer["activations"]] == waiting
    assert _ids(http, activationStatuses=["REMOVED"]) == expired
    removed = ActivationHistory.objects.filter(state=ActivationState.REMOVED)
    assert sorted(str(row.activation_id) for row in removed) == sorted(expired)
    assert Activation.objects.get(user_id="bob").state == ActivationState.CREATED


def test_list_leaves_other_applications_alone(
    http: requests.Session, bank: Bank, other_bank: Bank
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    other_bank.code("alice", expires_at=past)

    assert _ids(http, applicationId=bank.application.id) == []
    assert Activation.objects.get().state == ActivationState.CREATED


def test_active_activations_do_not_expire(http: requests.Session, alice: Phone) -> None:
    Activation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    item = ok(http, "activation/list", userId="alice")["activations"][0]

    assert item["activationStatus"] == "ACTIVE"


def test_list_takes_two_statements(
    http: requests.Session, bank: Bank, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _created(bank, 4)

    with django_assert_num_queries(2):
        assert len(_ids(http)) == 4
