"""Flags of activations over HTTP."""

import pytest
import requests

from powerauth.models import Activation, ActivationHistory
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"
CHANGES = ["create", "update", "remove"]


def _flags(http: requests.Session, method: str, phone: Phone, flags: list[str]) -> list[str]:
    answer = ok(
        http,
        f"activation/flags/{method}",
        activationId=phone.activation_id,
        activationFlags=flags,
    )
    assert set(answer) == {"activationId", "activationFlags"}
    assert answer["activationId"] == phone.activation_id
    result: list[str] = answer["activationFlags"]
    return result


@pytest.mark.main_path
def test_flags_are_added_replaced_and_removed(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    steps = [
        ("create", ["B", "A", "B"], ["A", "B"]),
        ("create", ["C", "A"], ["A", "B", "C"]),
        ("update", ["Z", "Y"], ["Y", "Z"]),
        ("remove", ["Z", "unknown"], ["Y"]),
        ("remove", ["Y"], []),
    ]
    for method, given, expected in steps:
        assert _flags(http, method, alice, given) == expected
        assert ok(http, "activation/flags/list", activationId=alice.activation_id) == {
            "activationId": alice.activation_id,
            "activationFlags": expected,
        }
        status = ok(http, "activation/status", activationId=alice.activation_id)
        assert status["activationFlags"] == bank.activation(alice).flags == expected
    assert bank.activation(bob).flags == []


def test_flags_leave_no_history(http: requests.Session, alice: Phone) -> None:
    before = (ActivationHistory.objects.count(), Activation.objects.get().last_change_at)

    _flags(http, "create", alice, ["A"])

    assert (ActivationHistory.objects.count(), Activation.objects.get().last_change_at) == before


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize("flags", [None, []])
def test_change_needs_flags(
    http: requests.Session, alice: Phone, method: str, flags: list[str] | None
) -> None:
    _flags(http, "create", alice, ["A"])
    members = {"activationId": alice.activation_id, "activationFlags": flags}

    assert refused(http, f"activation/flags/{method}", **members) == "ERR0024"
    assert Activation.objects.get().flags == ["A"]


@pytest.mark.parametrize("method", [*CHANGES, "list"])
@pytest.mark.parametrize(
    ("activation_id", "code"), [(None, "ERR0024"), (NIL, "ERR0009"), ("", "ERR0009")]
)
def test_flags_of_nothing(
    http: requests.Session, method: str, activation_id: str | None, code: str
) -> None:
    members = {"activationId": activation_id, "activationFlags": ["A"]}

    assert refused(http, f"activation/flags/{method}", **members) == code


@pytest.mark.parametrize("method", ["create", "update"])
@pytest.mark.parametrize("flags", [["f" * 256], [""], ["a" * 127, "b" * 128]])
def test_flags_that_do_not_fit(
    http: requests.Session, alice: Phone, method: str, flags: list[str]
) -> None:
    _flags(http, "create", alice, ["A"])
    members = {"activationId": alice.activation_id, "activationFlags": flags}

    assert refused(http, f"activation/flags/{method}", **members) == "ERR0024"
    assert Activation.objects.get().flags == ["A"]


def test_flags_that_just_fit(http: requests.Session, alice: Phone) -> None:
    flags = ["a" * 127, "b" * 127]

    assert _flags(http, "create", alice, flags) == flags
    members = {"activationId": alice.activation_id, "activationFlags": ["c"]}
    assert refused(http, "activation/flags/create", **members) == "ERR0024"
