"""What pages tell of the protocol of activations: protocol-4.md 16, 23.3, 25.2, 30."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from powerauth.engine.activations import activations, phone_changes
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.models import Activation, ActivationState, CommitPhase, SignatureAudit
from powerauth.models.audit import SIGNATURE_LENGTH
from powerauth.phone.phone import Phone
from tests.admin.office import staff, text_of
from tests.admin.test_operation_plans import explained
from tests.bank import PIN, Bank

LIST = "/admin/powerauth/activation/"
AUDIT = "/admin/powerauth/signatureaudit/"
FOUR: dict[str, Any] = {"version": 4, "algorithm": "EC_P384_ML_L3", "created_with": "4.0"}
UPGRADING: dict[str, Any] = {"pending_suite": "EC_P384"}
AT = datetime(2026, 11, 7, 4, 5, 6, tzinfo=UTC)


def _page(client: Client, phone: Phone) -> str:
    answer = client.get(f"{LIST}{phone.activation_id}/change/")
    assert answer.status_code == 200
    return text_of(answer.content)


def _change(phone: Phone, **columns: Any) -> None:
    Activation.objects.filter(pk=phone.activation_id).update(**columns)


@pytest.mark.parametrize(
    ("columns", "listed", "told"),
    [
        (
            {},
            "3 (EC_P256)",
            ["Upgrade -", "Confirmation by the phone -", "Biometry only the phone knows"],
        ),
        (
            {**FOUR, "confirmation_pending": True},
            "4 (EC_P384_ML_L3)",
            [
                "Created with version 4.0",
                "Confirmation by the phone waits for the confirmation of the phone",
                "Biometry off",
            ],
        ),
        (
            {**FOUR, "biometry_enabled": True},
            "4 (EC_P384_ML_L3)",
            ["Confirmation by the phone confirmed by the phone", "Biometry on"],
        ),
        (
            {**UPGRADING, "biometry_enabled": True},
            "3 (EC_P256), upgrade to EC_P384 waits",
            ["Upgrade to EC_P384, waits for the confirmation of the phone", "Biometry on"],
        ),
        (
            {"version": None, "algorithm": ""},
            "-",
            ["Protocol -", "Biometry -"],
        ),
    ],
)
def test_a_page_tells_the_protocol(
    alice: Phone, columns: dict[str, Any], listed: str, told: list[str]
) -> None:
    looker = staff("looker", "powerauth.view_activation")
    _change(alice, **columns)
    assert listed in text_of(looker.get(LIST).content)
    assert listed in text_of(looker.get("/admin/customer/alice/").content)
    page = _page(looker, alice)
    assert [text for text in told if text not in page] == []


@transaction.atomic
def _start(phone: Phone, suite: str) -> None:
    activation = activations.lock(phone.activation_id)
    change = PhoneChange.UPGRADE_STARTED
    phone_changes.write(activation, change, at=AT, pending_suite=suite)


def test_a_waiting_upgrade_tells_since_when(chief: Client, alice: Phone) -> None:
    _start(alice, "EC_P384")
    page = _page(chief, alice)
    assert "waits for the confirmation of the phone since 2026-11-07 04:05:06 UTC" in page
    assert "upgrade to protocol 4 started" in page


def test_the_audit_of_signatures_tells_the_generation(chief: Client, alice: Phone) -> None:
    alice.validate_signature(pin=PIN)
    longest = "s" * SIGNATURE_LENGTH
    SignatureAudit.objects.update(generation=4, signature_version="4.0", signature=longest)
    row = SignatureAudit.objects.get()
    listed = text_of(chief.get(AUDIT).content)
    assert "possession + knowledge 4 " in listed
    page = text_of(chief.get(f"{AUDIT}{row.pk}/change/").content)
    assert "Protocol generation 4" in page and "Signature version 4.0" in page
    assert longest in page


@pytest.mark.parametrize("pending", [True, False])
def test_a_clerk_learns_that_the_phone_has_not_confirmed(
    chief: Client, bank: Bank, pending: bool
) -> None:
    phone = bank.phone("alice", commit=False, commit_phase=CommitPhase.ON_COMMIT)
    _change(phone, confirmation_pending=pending)
    page = f"{LIST}{phone.activation_id}/commit/"
    told = "Confirmation by the phone still to come; the commit may go before it"
    assert (told in text_of(chief.get(page).content)) is pending
    # Both orders are allowed: protocol-4.md 23.3.
    assert chief.post(page, {"confirmed": "yes", "compared": "on"}).status_code == 302
    row = bank.activation(phone)
    assert (row.state, row.confirmation_pending) == (ActivationState.ACTIVE, pending)


def _listed(client: Client, **asked: str) -> set[str]:
    return {str(row.pk) for row in client.get(LIST, asked).context["cl"].result_list}


def test_lists_are_filtered_by_protocol_and_by_what_waits(chief: Client, bank: Bank) -> None:
    three, upgrading, four, unconfirmed, gone = (bank.phone("alice") for _ in range(5))
    _change(upgrading, **UPGRADING)
    _change(four, **FOUR)
    _change(unconfirmed, **{**FOUR, "algorithm": "EC_P384"}, confirmation_pending=True)
    _change(gone, **FOUR, confirmation_pending=True, state=ActivationState.REMOVED)
    ids = [phone.activation_id for phone in (three, upgrading, four, unconfirmed, gone)]
    assert _listed(chief, algorithm="EC_P256") == {ids[0], ids[1]}
    assert _listed(chief, algorithm="4") == {ids[2], ids[3], ids[4]}
    assert _listed(chief, algorithm="EC_P384") == {ids[3]}
    assert _listed(chief, algorithm="EC_P384_ML_L5") == set()
    assert _listed(chief, unconfirmed="activation") == {ids[3]}
    assert _listed(chief, unconfirmed="upgrade") == {ids[1]}
    # What is none of them is ignored, and said.
    assert _listed(chief, algorithm="RSA", unconfirmed="x") == set(ids)


@pytest.fixture
def many(bank: Bank) -> None:
    """40 000 activations of protocol 3 with a few others among the oldest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO powerauth_activation (id, application_id, user_id, state, blocked_reason,
                name, flags, activation_code, otp_hash, otp_validation, commit_phase, expires_at,
                protocol_generation, algorithm, counter, server_public_key, server_private_key,
                device_public_key, derived_keys, ctr_data, failed_attempts, max_failed_attempts,
                platform, device_info, extras, external_id, custom_attributes, created_at,
                last_used_at, pending_suite, confirmation_pending)
            SELECT gen_random_uuid(), %(application)s, 'user-' || n, 3, '', '', '[]', n, '', 'NONE',
                'ON_COMMIT', now(), 3,
                CASE WHEN n %% 10000 = 1 THEN 'EC_P384' ELSE 'EC_P256' END,
                0, '', '', '', '', '', 0, 5, '', '', '', '', '{}',
                now() - interval '1 year' + n * interval '1 second', now(),
                CASE WHEN n %% 10000 = 2 THEN 'EC_P384' ELSE '' END, n %% 10000 = 3
            FROM generate_series(1, 40000) AS n
            """,
            {"application": bank.application.id},
        )
        cursor.execute("ANALYZE powerauth_activation")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"algorithm": "EC_P384"}, "activation_suite"),
        ({"algorithm": "4"}, "activation_suite"),
        ({"unconfirmed": "activation"}, "activation_unconfirmed"),
        ({"unconfirmed": "upgrade"}, "activation_unconfirmed"),
    ],
)
def test_few_among_many_are_found_by_an_index(
    chief: Client, many: None, asked: dict[str, str], index: str
) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(_listed(chief, **asked)) == 4
    texts = [query["sql"] for query in captured.captured_queries]
    listing = [text for text in texts if 'FROM "powerauth_activation"' in text]
    assert len(listing) == 2  # the bounded count, and the page
    for text in listing:
        assert index in {node.get("Index Name") for node in explained(text)}
