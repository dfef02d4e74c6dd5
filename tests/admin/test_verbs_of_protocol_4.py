"""What clerks do with activations of protocol 4.0, of each suite: the same as with those of 3.x."""

from http import HTTPStatus

import pytest
from django.test import Client

from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.models import ActivationState, CommitPhase, MasterKeyPair
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64d
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.v4.suites import available_suites
from tests.admin.office import notices, staff, text_of
from tests.bank import PIN, Bank

LIST = "/admin/powerauth/activation/"
SUITES = pytest.mark.parametrize("suite", [suite.name for suite in available_suites()])


def _do(client: Client, phone: Phone, verb: str, **answers: str) -> list[str]:
    page = f"{LIST}{phone.activation_id}/{verb}/"
    return notices(client.post(page, {"confirmed": "yes", **answers}))


def _is_accepted(phone: Phone) -> bool:
    return phone.validate_signature(pin=PIN).ok


@SUITES
def test_an_activation_is_committed_by_its_digits(chief: Client, bank: Bank, suite: str) -> None:
    init = {"commit_phase": CommitPhase.ON_COMMIT, "otp": "4711"}
    phone = bank.phone("alice", version="4.0", suite=suite, commit=False, **init)
    digits = phone.fingerprint
    page = text_of(chief.get(f"{LIST}{phone.activation_id}/commit/").content)
    assert f"{digits[:4]} {digits[4:]}" in page and len(digits) == 8
    assert not _is_accepted(phone)
    assert _do(chief, phone, "commit", compared="on", otp="0815") != ["Commit: 1 row."]
    assert bank.activation(phone).state == ActivationState.PENDING_COMMIT
    assert _do(chief, phone, "commit", compared="on", otp="4711") == ["Commit: 1 row."]
    assert _is_accepted(phone)


@SUITES
def test_an_activation_is_blocked_unblocked_and_removed(
    chief: Client, bank: Bank, suite: str
) -> None:
    phone = bank.phone("alice", version="4.0", suite=suite)
    assert _do(chief, phone, "block", reason="LOST_PHONE") == ["Block: 1 row."]
    assert not _is_accepted(phone)
    assert _do(chief, phone, "unblock") == ["Unblock: 1 row."]
    assert _is_accepted(phone)
    assert _do(chief, phone, "remove") == ["Remove: 1 row."]
    assert not _is_accepted(phone)
    # Its phone can still learn so, with the keys that it has: trap 24.
    row = bank.activation(phone)
    assert row.state == ActivationState.REMOVED and row.activation_secret and row.keys.exists()
    page = text_of(chief.get(f"{LIST}{phone.activation_id}/change/").content)
    assert f"4 ({suite})" in page


@pytest.mark.parametrize("verb", ["block", "unblock", "remove", "commit"])
def test_a_verb_needs_its_permission(bank: Bank, verb: str) -> None:
    phone = bank.phone("alice", version="4.0")
    before = bank.activation(phone).state
    looker = staff("looker", "powerauth.view_activation")
    page = f"{LIST}{phone.activation_id}/{verb}/"
    answer = looker.post(page, {"confirmed": "yes", "compared": "on"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert bank.activation(phone).state == before


@pytest.mark.parametrize(
    ("admitted", "version"),
    [
        (("EC_P256",), "3.3"),
        (("EC_P384",), "4.0"),
    ],
)
def test_the_code_of_a_page_is_signed_for_the_phones_that_may_come(
    bank: Bank, admitted: tuple[str, ...], version: str
) -> None:
    """A phone takes no code whose signature it cannot verify: protocol-4.md 39.1."""
    application_config.store(bank.application.pk, ALGORITHMS, admitted)
    clerk = staff("clerk", "powerauth.view_activation", "powerauth.init_activation")
    values = {"user_id": "carol", "application_id": bank.application.pk, "commit_now": "on"}
    answer = clerk.post(f"{LIST}add/", values, follow=True)
    code, signature = answer.context["activation"].activation_code, answer.context["signature"]
    phone = bank.blank_phone(version=version, suite="EC_P384")
    phone.activate(f"{code}#{signature}", pin=PIN)
    assert _is_accepted(phone)
    # The phone takes either; in DER, one by P-256 has at most 72 bytes.
    assert (len(b64d(signature)) > 72) is (version == "4.0")
    assert not answer.context["qr_for_4"]


def test_while_both_may_come_there_is_a_code_for_each(chief: Client, bank: Bank) -> None:
    values = {"user_id": "carol", "application_id": bank.application.pk, "commit_now": "on"}
    answer = chief.post(f"{LIST}add/", values, follow=True)
    row = answer.context["activation"]
    told = text_of(answer.content)
    assert "For an app of protocol 3" in told and "For an app of protocol 4.0" in told
    assert answer.content.count(b"<svg") >= 2
    signature = answer.context["signature_for_4"]
    assert signature in told
    master = master_keys.public_key(bank.application.pk, ECDSA_P384)
    assert ECDSA_P384.verify(master, row.activation_code.encode(), b64d(signature))
    phone = bank.blank_phone(version="4.0")
    phone.activate(f"{row.activation_code}#{signature}", pin=PIN)
    assert _is_accepted(phone)


def test_without_master_keys_of_4_there_is_one_code(chief: Client, bank: Bank) -> None:
    MasterKeyPair.objects.exclude(algorithm="ECDSA_P256").delete()
    values = {"user_id": "carol", "application_id": bank.application.pk}
    answer = chief.post(f"{LIST}add/", values, follow=True)
    assert not answer.context["qr_for_4"]
    assert "For an app of protocol" not in text_of(answer.content)
