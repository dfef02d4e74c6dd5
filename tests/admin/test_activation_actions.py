"""What support does with activations."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.phone import Phone
from tests.admin.office import notices, staff
from tests.bank import PIN, Bank

LIST = "/admin/powerauth/activation/"


def _post(client: Client, action: str, *phones: Phone, **answers: str) -> list[str]:
    """Confirm an action on the activations of phones; give what the page says then."""
    chosen = [phone.activation_id for phone in phones]
    values = {"action": action, "_selected_action": chosen, "confirmed": "yes", **answers}
    return notices(client.post(LIST, values))


def test_blocked_unblocked_and_removed(chief: Client, bank: Bank, alice: Phone) -> None:
    assert _post(chief, "block", alice, reason="LOST_PHONE") == ["Block: 1 row."]
    activation = bank.activation(alice)
    assert activation.state == ActivationState.BLOCKED
    assert activation.blocked_reason == "LOST_PHONE"
    assert _post(chief, "unblock", alice) == ["Unblock: 1 row."]
    assert bank.activation(alice).state == ActivationState.ACTIVE
    assert _post(chief, "remove", alice) == ["Remove: 1 row."]
    assert bank.activation(alice).state == ActivationState.REMOVED
    history = ActivationHistory.objects.filter(activation=activation)[:3]
    assert [(row.state, row.external_user_id) for row in history] == [
        (ActivationState.REMOVED, "chief"),
        (ActivationState.ACTIVE, "chief"),
        (ActivationState.BLOCKED, "chief"),
    ]


def test_a_refusal_is_shown_and_concerns_its_row_only(
    chief: Client, bank: Bank, alice: Phone, bob: Phone
) -> None:
    lifecycle.remove(alice.activation_id, at=timezone.now())
    said = _post(chief, "block", alice, bob, reason="")
    assert sorted(said) == sorted(
        [
            f"{alice.activation_id}: The state of the activation does not allow this.",
            "Block: 1 row.",
        ]
    )
    assert bank.activation(alice).state == ActivationState.REMOVED
    assert bank.activation(bob).blocked_reason == "NOT_SPECIFIED"


@pytest.mark.parametrize("action", ["block", "unblock", "remove"])
def test_nothing_happens_before_it_is_confirmed(
    chief: Client, bank: Bank, alice: Phone, action: str
) -> None:
    answer = chief.post(LIST, {"action": action, "_selected_action": [alice.activation_id]})
    assert answer.status_code == HTTPStatus.OK
    assert alice.activation_id.encode() in answer.content
    chief.get(f"{LIST}{alice.activation_id}/{action}/")
    chief.post(f"{LIST}{alice.activation_id}/{action}/")
    assert bank.activation(alice).state == ActivationState.ACTIVE


def test_an_answer_that_is_too_long_is_asked_for_again(
    chief: Client, bank: Bank, alice: Phone
) -> None:
    assert _post(chief, "block", alice, reason="x" * 256) == []
    assert bank.activation(alice).state == ActivationState.ACTIVE


def test_actions_of_the_page(chief: Client, bank: Bank, alice: Phone) -> None:
    page = f"{LIST}{alice.activation_id}/block/"
    answer = chief.post(page, {"confirmed": "yes", "reason": "FRAUD"})
    assert answer.status_code == HTTPStatus.FOUND
    assert bank.activation(alice).blocked_reason == "FRAUD"
    assert b"FRAUD" in chief.get(f"{LIST}{alice.activation_id}/change/").content


@pytest.mark.parametrize("action", ["block", "unblock", "remove"])
def test_an_action_needs_its_own_permission(bank: Bank, alice: Phone, action: str) -> None:
    others = {"block", "unblock", "remove", "init"} - {action}
    client = staff(
        "some", "powerauth.view_activation", *(f"powerauth.{name}_activation" for name in others)
    )
    page = f"{LIST}{alice.activation_id}"
    assert client.get(f"{page}/change/").status_code == HTTPStatus.OK
    before = bank.activation(alice).state
    assert _post(client, action, alice, reason="x") == ["No action selected."]
    refused = client.post(f"{page}/{action}/", {"confirmed": "yes", "reason": "x"})
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert bank.activation(alice).state == before


def test_with_its_permission_an_action_is_open(bank: Bank, alice: Phone) -> None:
    client = staff("some", "powerauth.view_activation", "powerauth.block_activation")
    assert _post(client, "block", alice, reason="x") == ["Block: 1 row."]


def test_without_a_right_to_look_there_is_nothing(bank: Bank, alice: Phone) -> None:
    client = staff("some", "powerauth.block_activation")
    assert client.get(LIST).status_code == HTTPStatus.FORBIDDEN
    page = f"{LIST}{alice.activation_id}/block/"
    assert client.post(page, {"confirmed": "yes"}).status_code == HTTPStatus.FORBIDDEN
    assert bank.activation(alice).state == ActivationState.ACTIVE


def test_new_activation_with_its_code(bank: Bank) -> None:
    client = staff("some", "powerauth.view_activation", "powerauth.init_activation")
    values = {
        "user_id": "carol",
        "application_id": bank.application.id,
        "flags": "VIP, NEW",
        "validity_min": "10",
        "commit_now": "on",
    }
    answer = client.post(f"{LIST}add/", values, follow=True)
    activation = Activation.objects.get(user_id="carol")
    assert activation.flags == ["NEW", "VIP"]
    assert 590 < (activation.expires_at - timezone.now()).total_seconds() <= 600
    assert activation.activation_code.encode() in answer.content
    assert b"<svg" in answer.content
    assert "no-store" in answer["Cache-Control"]
    phone = bank.blank_phone()
    text = f"{activation.activation_code}#{answer.context['signature']}"
    phone.activate(text, pin=PIN)
    assert bank.activation(phone).state == ActivationState.ACTIVE
    used = client.get(f"{LIST}{activation.pk}/code/")
    assert notices(used) == ["The code cannot be used any more."]


@pytest.mark.parametrize(
    ("member", "value"),
    [("user_id", ""), ("application_id", "nobody"), ("validity_min", "0"), ("flags", "x" * 256)],
)
def test_new_activation_follows_the_rules(
    chief: Client, bank: Bank, member: str, value: str
) -> None:
    values = {"user_id": "carol", "application_id": bank.application.id, member: value}
    answer = chief.post(f"{LIST}add/", values)
    assert answer.context["form"].errors.keys() == {member}
    assert not Activation.objects.exists()


def test_new_activation_needs_its_permission(bank: Bank) -> None:
    client = staff("some", "powerauth.view_activation", "powerauth.add_activation")
    values = {"user_id": "carol", "application_id": bank.application.id}
    assert client.post(f"{LIST}add/", values).status_code == HTTPStatus.FORBIDDEN
    assert not Activation.objects.exists()


def test_code_needs_its_permission(bank: Bank) -> None:
    client = staff("some", "powerauth.view_activation")
    bank.code("carol")
    activation = Activation.objects.get(user_id="carol")
    page = reverse("admin:powerauth_activation_show_code", args=[activation.pk])
    assert client.get(page).status_code == HTTPStatus.FORBIDDEN


def test_unknown_activations_are_said_to_be_gone(chief: Client) -> None:
    for action in ("block", "code"):
        answer = chief.get(f"{LIST}{uuid.uuid4()}/{action}/")
        assert notices(answer) == ["It does not exist any more."]


def test_search_takes_whole_identifiers(
    chief: Client, bank: Bank, alice: Phone, bob: Phone
) -> None:
    def found(text: str) -> set[str]:
        rows = chief.get(LIST, {"q": text}).context["cl"].result_list
        return {str(row.pk) for row in rows}

    assert found("alice") == found(alice.activation_id) == {alice.activation_id}
    assert found("ALICE") == found("ali") == found("%") == set()
    assert found("") == {alice.activation_id, bob.activation_id}


def test_lists_count_no_further_than_anybody_pages(
    chief: Client,
    alice: Phone,
    bob: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("powerauth.admin.framework.tables.BoundedPaginator.limit", 1)
    answer = chief.get(LIST)
    assert answer.context["cl"].result_count == 1
    assert answer.context["cl"].full_result_count is None
