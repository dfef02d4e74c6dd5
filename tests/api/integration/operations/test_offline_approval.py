"""Offline approval over HTTP, below `/rest/v3/operation/offline/`: mobile-token-api.md 13."""

import re
import struct
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
import segno
from django.utils import timezone
from pytest_django import Settings

from operations.decisions import proximity
from operations.models import FormTemplate, Operation
from operations.offline import targets
from powerauth.engine.activations import flags, lifecycle
from powerauth.engine.signatures.offline import ProximityCheck
from powerauth.models import SignatureAudit
from powerauth.phone.errors import BadQrCode
from powerauth.phone.phone import Phone
from powerauth.protocol.offline_text import OfflineText
from powerauth.protocol.v3.offline import parse_payload
from powerauth.protocol.versions import TRAITS
from tests.api.integration.back_end import ok, payment_to_approve_nearby, post
from tests.api.integration.trees import SessionV4
from tests.api.standard.wire import attempts, audited
from tests.bank import PIN, VERSIONS, Bank

UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
WRONG = "0000-0000-0000-0000"
STATES = ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"]


def _create(http: requests.Session, phone: Phone, operation: Operation, **members: object) -> Any:
    """Make the text of a QR code for a phone."""
    key = {"operationId": str(operation.pk), "activationId": phone.activation_id}
    return ok(http, "operation/offline/create", **{**key, **members})


def _scan(http: requests.Session, phone: Phone, operation: Operation) -> OfflineText:
    return phone.scan(_create(http, phone, operation)["offlineData"])


def _approve(http: requests.Session, phone: Phone, operation: Operation, code: str) -> Any:
    key = {"operationId": str(operation.pk), "activationId": phone.activation_id}
    return ok(http, "operation/offline/approve", code=code, **key)


def _code(http: requests.Session, path: str, **members: object) -> str:
    answer = post(http, f"operation/offline/{path}", members)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["responseObject"]["code"])


def _counted(bank: Bank, phone: Phone, operation: Operation) -> tuple[str, int, int]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count, bank.activation(phone).failed_attempts


def _near(bank: Bank, **values: Any) -> Operation:
    """Give an operation with a proximity check."""
    key = uuid.uuid4()
    return bank.operation("alice", id=key, proximity_seed=proximity.new_seed(key), **values)


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_round_trip(http: requests.Session, bank: Bank, version: str) -> None:
    alice = bank.phone("alice", version=version)
    operation = bank.operation("alice", risk_flags="FX", additional_data={"a": 1, "b": 1})
    made = _create(http, alice, operation)
    assert set(made) == {"operationId", "offlineData", "nonce"}
    assert made["offlineData"].split("\n")[:6] == [
        str(operation.pk),
        "Payment to CZ1",
        "Please confirm this payment",
        operation.data,
        "BXF",
        made["nonce"],
    ]
    code = alice.offline_code(alice.scan(made["offlineData"]), pin=PIN)
    key = {"operationId": made["operationId"], "activationId": alice.activation_id}
    answer = ok(
        http,
        "operation/offline/approve",
        signature=code,
        # What the server knows better is not taken from the caller.
        additionalData={"b": 2, "c": 3, "activationId": UNKNOWN_ID, "authFactor": "none"},
        **key,
    )
    shown = answer.pop("operation")
    assert answer == {
        "result": "APPROVED",
        "signatureValid": True,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "remainingAttempts": 5,
    }
    operation.refresh_from_db()
    assert (shown["id"], shown["status"], operation.status) == (
        str(operation.pk),
        "APPROVED",
        "APPROVED",
    )
    assert operation.additional_data == {
        "a": 1,
        "b": 2,
        "c": 3,
        "activationId": alice.activation_id,
        "applicationId": bank.application.id,
        "authFactor": "possession_knowledge",
        "protocolGeneration": TRAITS[version].generation,
    }
    assert operation.finalized_at is not None
    assert attempts(alice) == (1, 0)
    assert audited().valid


@pytest.mark.parametrize("steps", [0, 1, 10, 19, 20])
def test_steps_of_the_counter(http: requests.Session, bank: Bank, alice: Phone, steps: int) -> None:
    operation = bank.operation("alice")
    scanned = _scan(http, alice, operation)
    alice.advance(steps)
    answer = _approve(http, alice, operation, alice.offline_code(scanned, pin=PIN))
    expected = ("APPROVED", 0, 0) if steps < 20 else ("PENDING", 1, 1)
    assert answer["signatureValid"] is (steps < 20)
    assert _counted(bank, alice, operation) == expected
    assert bank.activation(alice).counter == (steps + 1 if steps < 20 else 0)


@pytest.mark.main_path
def test_wrong_codes_count_on_both_and_fail_the_operation(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice", max_failure_count=2)
    _create(http, alice, operation)
    answer = _approve(http, alice, operation, WRONG)
    assert (answer["result"], answer["signatureValid"]) == ("APPROVAL_FAILED", False)
    assert (answer["remainingAttempts"], answer["operation"]["failureCount"]) == (4, 1)
    assert _counted(bank, alice, operation) == ("PENDING", 1, 1)
    assert operation.additional_data == {}
    answer = _approve(http, alice, operation, WRONG)
    assert (answer["result"], answer["operation"]["status"]) == ("OPERATION_FAILED", "FAILED")
    assert _counted(bank, alice, operation) == ("FAILED", 2, 2)
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "approve", code=WRONG, **key) == "ERR0036"
    assert _counted(bank, alice, operation) == ("FAILED", 2, 2)


def test_wrong_pin(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    scanned = _scan(http, alice, operation)
    wrong = alice.offline_code(scanned, pin="9999")
    assert _approve(http, alice, operation, wrong)["result"] == "APPROVAL_FAILED"
    right = alice.offline_code(scanned, pin=PIN)
    assert _approve(http, alice, operation, right)["result"] == "APPROVED"
    assert _counted(bank, alice, operation) == ("APPROVED", 1, 0)


def test_blocking(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", max_failure_count=9)
    scanned = _scan(http, alice, operation)
    for left in (4, 3, 2, 1, 0):
        answer = _approve(http, alice, operation, WRONG)
        assert answer["remainingAttempts"] == left
    assert (answer["activationStatus"], answer["blockedReason"]) == (
        "BLOCKED",
        "MAX_FAILED_ATTEMPTS",
    )
    answer = _approve(http, alice, operation, alice.offline_code(scanned, pin=PIN))
    assert (answer["result"], answer["signatureValid"]) == ("APPROVAL_FAILED", False)
    assert _counted(bank, alice, operation)[:2] == ("PENDING", 6)


@pytest.mark.parametrize(
    "grouping",
    [
        "{0}{1}{2}{3}",
        "{0}{1}-{2}{3}",
        " {0} {1} {2} {3}\n",
        "{0}.{1}.{2}.{3}",
        "{0}\u2013{1}\u00a0{2} - {3}",
    ],
)
def test_groups_of_digits(http: requests.Session, bank: Bank, alice: Phone, grouping: str) -> None:
    operation = bank.operation("alice")
    code = alice.offline_code(_scan(http, alice, operation), pin=PIN)
    typed = grouping.format(*code.split("-"))
    assert _approve(http, alice, operation, typed)["result"] == "APPROVED"


@pytest.mark.parametrize(
    "code", ["", "1", "0" * 15, "0" * 17, "0" * 15 + "O", "\uff10" * 16, "0000/0000/0000/0000"]
)
def test_what_is_no_code_is_not_counted(
    http: requests.Session, bank: Bank, alice: Phone, code: str
) -> None:
    operation = bank.operation("alice")
    _create(http, alice, operation)
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "approve", code=code, **key) == "ERR0024"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)
    assert not SignatureAudit.objects.exists()


def test_members_of_an_approval(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    _create(http, alice, operation)
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    for name in key:
        assert _code(http, "approve", code=WRONG, **{**key, name: None}) == "ERR0024"
    assert _code(http, "approve", **key) == "ERR0024"
    assert _code(http, "approve", code=WRONG, signature=WRONG, **key) == "ERR0024"
    assert _code(http, "approve", code=[1], **key) == "ERROR_HTTP_REQUEST"
    unknown = {**key, "operationId": UNKNOWN_ID}
    assert _code(http, "approve", code=WRONG, **unknown) == "ERR0034"
    unknown = {**key, "activationId": UNKNOWN_ID}
    assert _code(http, "approve", code=WRONG, **unknown) == "ERR0009"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)


@pytest.mark.parametrize("status", STATES)
def test_decided_operations_are_refused_before_anything_counts(
    http: requests.Session, bank: Bank, alice: Phone, status: str
) -> None:
    operation = bank.operation("alice")
    code = alice.offline_code(_scan(http, alice, operation), pin=PIN)
    Operation.objects.update(status=status)
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    for typed in (WRONG, code):
        assert _code(http, "approve", code=typed, **key) == "ERR0036"
    assert _code(http, "create", **key) == "ERR0036"
    assert _counted(bank, alice, operation) == (status, 0, 0)
    assert bank.activation(alice).counter == 0
    assert not SignatureAudit.objects.exists()


def test_expired_operations_too(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    code = alice.offline_code(_scan(http, alice, operation), pin=PIN)
    Operation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    for typed in (WRONG, code):
        assert _code(http, "approve", code=typed, **key) == "ERR0036"
    assert _code(http, "create", **key) == "ERR0036"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)


def test_a_code_without_a_qr_code_is_refused(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "approve", code=WRONG, **key) == "ERR0037"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)


def test_a_code_works_once_and_for_one_operation(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    first, second = bank.operation("alice"), bank.operation("alice")
    code = alice.offline_code(_scan(http, alice, first), pin=PIN)
    _create(http, alice, second)
    assert _approve(http, alice, second, code)["result"] == "APPROVAL_FAILED"
    assert _approve(http, alice, first, code)["result"] == "APPROVED"
    assert _approve(http, alice, second, code)["result"] == "APPROVAL_FAILED"
    assert _counted(bank, alice, second)[:2] == ("PENDING", 2)


def test_every_text_of_an_operation_stays_good(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    first = _scan(http, alice, operation)
    other = _create(http, alice, operation, language="cs")
    everybody = _create(
        http, alice, operation, activationId=None, applicationId=bank.application.id
    )
    assert first.nonce_b64 == other["nonce"] == everybody["nonce"]
    code = alice.offline_code(first, pin=PIN)
    assert _approve(http, alice, operation, code)["result"] == "APPROVED"
    elsewhere = bank.operation("alice")
    assert _create(http, alice, elsewhere)["nonce"] != first.nonce_b64


@pytest.mark.parametrize("allowed", [True, False])
def test_biometry(http: requests.Session, bank: Bank, alice: Phone, allowed: bool) -> None:
    kinds = ["POSSESSION_KNOWLEDGE", *(["POSSESSION_BIOMETRY"] if allowed else [])]
    operation = bank.operation("alice", signature_types=kinds)
    scanned = _scan(http, alice, operation)
    assert scanned.flags == ("B" if allowed else "")
    # An app that does not look at the flag has to fail at the server.
    with_flag = replace(scanned, flags="B")
    answer = _approve(http, alice, operation, alice.offline_code(with_flag, biometry=True))
    assert answer["result"] == ("APPROVED" if allowed else "APPROVAL_FAILED")
    expected = ("APPROVED", 0, 0) if allowed else ("PENDING", 1, 1)
    assert _counted(bank, alice, operation) == expected
    if allowed:
        assert operation.additional_data["authFactor"] == "possession_biometry"


def test_factors_of_the_operation(http: requests.Session, bank: Bank, alice: Phone) -> None:
    only_biometry = bank.operation("alice", signature_types=["POSSESSION_BIOMETRY"])
    scanned = _scan(http, alice, only_biometry)
    answer = _approve(http, alice, only_biometry, alice.offline_code(scanned, pin=PIN))
    assert (answer["result"], answer["signatureValid"]) == ("APPROVAL_FAILED", True)
    assert _counted(bank, alice, only_biometry) == ("PENDING", 1, 0)
    one_factor = bank.operation("alice", signature_types=["POSSESSION"], offline_nonce="x")
    key = {"operationId": str(one_factor.pk), "activationId": alice.activation_id}
    assert _code(http, "create", **key) == "ERR0037"
    assert _code(http, "approve", code=WRONG, **key) == "ERR0037"
    assert _counted(bank, alice, one_factor) == ("PENDING", 0, 0)


def test_for_everybody_in_an_application(
    http: requests.Session, bank: Bank, other_bank: Bank
) -> None:
    """Trap 23: key digit 0 depends on the generation of the app, and the tree says which it is."""
    version, former = ("4.0", "3.3") if isinstance(http, SessionV4) else ("3.3", "4.0")
    alice, bob = bank.phone("alice", version=version), bank.phone("bob", version=former)
    operation = bank.operation("")
    made = _create(http, alice, operation, activationId=None, applicationId=bank.application.id)
    assert made["offlineData"].split("\n")[-1][0] == "0"
    code = alice.offline_code(alice.scan(made["offlineData"]), pin=PIN)
    assert _approve(http, alice, operation, code)["operation"]["userId"] == "alice"
    assert _counted(bank, alice, operation) == ("APPROVED", 0, 0)
    stranger = other_bank.phone("alice", version=version)
    for other in (stranger, bob):
        with pytest.raises(BadQrCode):
            other.scan(made["offlineData"])


def test_who_may_be_asked(
    http: requests.Session, bank: Bank, other_bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    key = {"operationId": str(operation.pk)}
    application = {"applicationId": bank.application.id}
    of_alice = {"activationId": alice.activation_id}
    assert _code(http, "create", **key) == "ERR0024"
    assert _code(http, "create", **key, **application, **of_alice) == "ERR0024"
    assert _code(http, "create", **of_alice) == "ERR0024"
    assert _code(http, "create", **of_alice, operationId=UNKNOWN_ID) == "ERR0034"
    assert _code(http, "create", **key, activationId=UNKNOWN_ID) == "ERR0009"
    elsewhere = {"applicationId": other_bank.application.id}
    assert _code(http, "create", **key, **elsewhere) == "ERR0037"
    assert _code(http, "create", **key, applicationId="unknown") == "ERR0037"
    assert _code(http, "create", **key, **of_alice, language=[1]) == "ERROR_HTTP_REQUEST"
    operation.refresh_from_db()
    assert operation.offline_nonce == ""


def _other_user(bank: Bank, other_bank: Bank) -> Phone:
    return bank.phone("bob")


def _other_application(bank: Bank, other_bank: Bank) -> Phone:
    return other_bank.phone("alice")


def _other_activation(bank: Bank, other_bank: Bank) -> Phone:
    return bank.phone("alice")


@pytest.mark.parametrize("stranger", [_other_user, _other_application, _other_activation])
def test_a_foreign_activation_counts_nothing(
    http: requests.Session, bank: Bank, other_bank: Bank, alice: Phone, stranger: Any
) -> None:
    operation = bank.operation("alice", activation_id=alice.activation_id)
    scanned = _scan(http, alice, operation)
    phone = stranger(bank, other_bank)
    key = {"operationId": str(operation.pk), "activationId": phone.activation_id}
    assert _code(http, "create", **key) == "ERR0037"
    for code in (WRONG, phone.offline_code(scanned, pin=PIN)):
        assert _code(http, "approve", code=code, **key) == "ERR0037"
    assert _counted(bank, phone, operation) == ("PENDING", 0, 0)
    with pytest.raises(BadQrCode):
        phone.scan(_create(http, alice, operation)["offlineData"])


def test_a_flag_that_the_operation_needs(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", activation_flag="VIP", offline_nonce="A" * 22 + "==")
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "create", **key) == "ERR0037"
    assert _code(http, "approve", code=WRONG, **key) == "ERR0037"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)
    flags.add(alice.activation_id, ["VIP"])
    code = alice.offline_code(_scan(http, alice, operation), pin=PIN)
    assert _approve(http, alice, operation, code)["result"] == "APPROVED"


def test_a_flag_that_forbids_to_approve(
    http: requests.Session, bank: Bank, alice: Phone, settings: Settings
) -> None:
    operation = bank.operation("alice", offline_nonce="A" * 22 + "==")
    flags.add(alice.activation_id, ["FROZEN"])
    settings.DISALLOWED_ACTIVATION_FLAGS = ["FROZEN"]
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "create", **key) == "ERR0037"
    assert _code(http, "approve", code=WRONG, **key) == "ERR0037"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)


def test_state_of_the_activation(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    scanned = _scan(http, alice, operation)
    code = alice.offline_code(scanned, pin=PIN)
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert _code(http, "create", **key) == "ERR0008"
    lifecycle.remove(alice.activation_id, at=timezone.now())
    assert _code(http, "create", **key) == "ERR0008"
    assert _code(http, "approve", code=code, **key) == "ERR0008"
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)


@pytest.mark.main_path
def test_proximity_check(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = _near(bank)
    scanned = _scan(http, alice, operation)
    assert scanned.totp is not None and len(scanned.totp) == 8
    without = replace(scanned, totp=None)
    guessed = replace(scanned, totp="00000000")
    for number, payload in enumerate((without, guessed), start=1):
        answer = _approve(http, alice, operation, alice.offline_code(payload, pin=PIN))
        assert answer["result"] == "APPROVAL_FAILED"
        assert _counted(bank, alice, operation) == ("PENDING", number, number)
    answer = _approve(http, alice, operation, alice.offline_code(scanned, pin=PIN))
    assert (answer["result"], answer["operation"]["proximityOtp"]) == ("APPROVED", None)
    assert "proximity_otp" not in answer["operation"]["additionalData"]


@pytest.mark.parametrize(("steps_ago", "past_steps", "good"), [(2, 2, True), (3, 1, False)])
def test_window_of_the_proximity_check(
    http: requests.Session,
    bank: Bank,
    alice: Phone,
    settings: Settings,
    steps_ago: int,
    past_steps: int,
    good: bool,
) -> None:
    settings.POWERAUTH_PROXIMITY_PAST_STEPS = past_steps
    settings.POWERAUTH_PROXIMITY_STEP_S = 600
    operation = _near(bank)
    scanned = _scan(http, alice, operation)
    check = proximity.check_of(operation.proximity_seed, operation_id=operation.pk)
    assert isinstance(check, ProximityCheck)
    old = check.code(timezone.now(), steps_ago=steps_ago)
    payload = replace(scanned, totp=old)
    answer = _approve(http, alice, operation, alice.offline_code(payload, pin=PIN))
    assert (answer["result"] == "APPROVED") is good


def test_a_code_for_everybody_proves_no_proximity(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = _near(bank)
    members = {"operationId": str(operation.pk), "applicationId": bank.application.id}
    assert _code(http, "create", **members) == "ERR0037"


def test_texts_follow_the_language(http: requests.Session, bank: Bank, alice: Phone) -> None:
    FormTemplate.objects.create(
        placeholder="payment", language="cs", title="Platba ${amount}", message="a\r\nb\\c\td"
    )
    operation = bank.operation("alice")
    czech = _create(http, alice, operation, language="cs-CZ")["offlineData"]
    assert czech.split("\n")[1:3] == ["Platba 2199.40", "a\\nb\\\\c d"]
    assert alice.scan(czech).message == "a\nb\\c d"
    for language in ("en", "fr", None, "?"):
        text = _create(http, alice, operation, language=language)["offlineData"]
        assert text.split("\n")[1] == "Payment to CZ1"
    # The members that an app without a network does not get cannot spoil the code.
    FormTemplate.objects.update(attributes="{broken", ui="[", result_texts="7")
    assert _create(http, alice, operation)["nonce"] == alice.scan(czech).nonce_b64
    FormTemplate.objects.all().delete()
    assert _create(http, alice, operation)["offlineData"].split("\n")[1:3] == ["", ""]


def test_data_of_more_than_one_line(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", data="A1\n*A100CZK")
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "create", **key) == "ERR0037"


@pytest.mark.main_path
@pytest.mark.parametrize("wanted", [None, "PNG", "SVG"])
def test_image(http: requests.Session, bank: Bank, alice: Phone, wanted: str | None) -> None:
    FormTemplate.objects.update(title="Příkaz k úhradě ${amount} Kč")
    operation = bank.operation("alice")
    members = {
        "operationId": str(operation.pk),
        "activationId": alice.activation_id,
        "format": wanted,
    }
    answer = post(http, "operation/offline/qr", members)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    operation.refresh_from_db()
    assert len(operation.offline_nonce) == 24
    if wanted == "SVG":
        assert answer.headers["Content-Type"] == "image/svg+xml"
        drawing = answer.text
        assert drawing.startswith("<?xml") and 'xmlns="http://www.w3.org/2000/svg"' in drawing
        width = int(re.findall(r'<svg [^>]*width="(\d+)"', drawing)[0])
    else:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
        (width,) = struct.unpack(">I", answer.content[16:20])
    text = _create(http, alice, operation)["offlineData"]
    expected = segno.make_qr(text, error="m", encoding="utf-8")
    # The signature of each text is another one, and of a length that differs by a byte or two.
    assert abs(width - expected.symbol_size(4, 4)[0]) <= 16
    assert alice.scan(text).title == "Příkaz k úhradě 2199.40 Kč"


def test_refusals_of_the_image_are_json(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    key = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    assert _code(http, "qr", **key, format="GIF") == "ERROR_HTTP_REQUEST"
    assert _code(http, "qr", **{**key, "operationId": UNKNOWN_ID}) == "ERR0034"
    FormTemplate.objects.update(message="x" * 3000)
    assert _code(http, "qr", **key) == "ERR0037"
    assert len(_create(http, alice, operation)["offlineData"]) > 3000


def test_deciders(bank: Bank, other_bank: Bank, alice: Phone) -> None:
    bank.phone("bob")
    other_bank.phone("alice")
    bank.phone("alice", commit=False)
    flagged = bank.phone("alice", flags=["VIP"])
    at = timezone.now()

    def found(operation: Operation) -> set[str]:
        return {str(row.pk) for row in targets.deciders(operation, at=at)}

    assert found(bank.operation("alice")) == {alice.activation_id, flagged.activation_id}
    assert found(bank.operation("alice", activation_flag="VIP")) == {flagged.activation_id}
    bound = bank.operation("alice", activation_id=alice.activation_id)
    assert found(bound) == {alice.activation_id}
    assert found(bank.operation("")) == set()


def test_credentials(http: requests.Session, bank: Bank, settings: Settings) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    for path in ("offline/create", "offline/qr", "offline/approve", "approve", "reject"):
        answer = post(http, f"operation/{path}", {})
        assert answer.status_code == 401
        assert answer.json()["responseObject"]["code"] == "ERR_AUTHENTICATION"


def test_templates_with_proximity_reach_the_code(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    created = payment_to_approve_nearby(http, bank.application.id)
    operation = Operation.objects.get()
    made = _create(http, alice, operation)
    assert created["proximityOtp"] is not None
    assert parse_payload(made["offlineData"]).totp is not None
