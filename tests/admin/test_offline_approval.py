"""Offline approval from the page of the back office to the phone's command line and back."""

import html
import re
import uuid
from argparse import ArgumentParser
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import segno
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from operations.decisions import proximity
from operations.models import FormTemplate, Operation
from powerauth.engine.activations import lifecycle
from powerauth.models import SignatureAudit
from powerauth.phone.commands.command_line import add_arguments, run
from powerauth.phone.phone import Phone
from tests import wsgi
from tests.admin.office import notices, staff
from tests.bank import PIN, Bank

WRONG = "0000 0000 0000 0000"
TEXT = re.compile(r'<textarea id="offline-text"[^>]*>(.*?)</textarea>', re.DOTALL)


def _page(operation: Operation) -> str:
    return f"/admin/operations/operation/{operation.pk}/offline/"


def _teller() -> Client:
    return staff("teller", "operations.view_operation", "operations.approve_operation_offline")


def _for(phone: Phone) -> dict[str, str]:
    return {"target": f"activation:{phone.activation_id}", "language": "en"}


def _text(answer: Any) -> str:
    """Read the text of the QR code that a page shows."""
    assert answer.status_code == HTTPStatus.OK
    page = answer.content.decode()
    found = TEXT.search(page)
    assert found is not None, answer.context["qr_form"].errors
    text = html.unescape(found[1])
    assert 'class="qr-code"' in page
    return text


def _type(client: Client, operation: Operation, phone: Phone, code: str, **values: str) -> Any:
    members = {**_for(phone), "activation_id": phone.activation_id, "code": code, "_approve": ""}
    return client.post(_page(operation), {**members, **values})


def _on_the_phone(file: Path, *words: str) -> str:
    """Run `manage.py phone` with the file of a phone."""
    parser = ArgumentParser(exit_on_error=False)
    add_arguments(parser, here=wsgi.BASE_URL)
    options = parser.parse_args(["--file", str(file), "--pin", PIN, *words])
    return run(options, lambda prompt: PIN, session=wsgi.session())


def _counted(bank: Bank, phone: Phone, operation: Operation) -> tuple[str, int, int]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count, bank.activation(phone).failed_attempts


@pytest.mark.main_path
@pytest.mark.parametrize(("version", "number"), [("3.3", 3), ("4.0", 4)])
@pytest.mark.parametrize("biometry", [False, True])
def test_from_the_page_to_the_phone_and_back(
    bank: Bank, tmp_path: Path, version: str, number: int, biometry: bool
) -> None:
    alice = bank.phone("alice", version=version)
    client, operation = _teller(), bank.operation("alice")
    file, qr = tmp_path / "phone.json", tmp_path / "qr.txt"
    alice.save(file)
    qr.write_text(_text(client.post(_page(operation), _for(alice))), newline="")
    shown = _on_the_phone(file, "offline", f"@{qr}", *(["--biometry"] if biometry else []))
    assert shown.startswith("Payment to CZ1\nPlease confirm this payment\n")
    answer = _type(client, operation, alice, shown.split("\n")[-1])
    assert answer.status_code == HTTPStatus.FOUND
    assert notices(answer) == ["The operation is approved."]
    assert _counted(bank, alice, operation) == ("APPROVED", 0, 0)
    factors = "possession_biometry" if biometry else "possession_knowledge"
    assert operation.additional_data["authFactor"] == factors
    assert LogEntry.objects.get().object_id == str(operation.pk)
    told = client.get(f"/admin/operations/operation/{operation.pk}/change/").content.decode()
    words = factors.replace("_", " + ")
    by = f"by protocol {number} of activation {alice.activation_id}"
    assert f"Signature {words} {by} verified." in told


@pytest.mark.parametrize(("version", "number"), [("3.3", 3), ("4.0", 4)])
def test_one_code_for_everybody(bank: Bank, version: str, number: int) -> None:
    alice = bank.phone("alice", version=version)
    client, operation = _teller(), bank.operation("")
    answer = client.get(_page(operation))
    offered = [value for value, _ in answer.context["qr_form"].fields["target"].choices]
    assert offered == [f"application{each}:{bank.application.id}" for each in (3, 4)]
    everybody = f"application{number}:{bank.application.id}"
    text = _text(client.post(_page(operation), {"target": everybody, "language": "en"}))
    scanned = alice.scan(text)
    assert scanned.key_id == "0"
    code = alice.offline_code(scanned, pin=PIN)
    unknown = _type(client, operation, alice, code, target=everybody, activation_id="unknown")
    assert unknown.context["code_form"].non_field_errors() == [
        "The activation does not exist any more."
    ]
    assert notices(_type(client, operation, alice, code, target=everybody)) == [
        "The operation is approved."
    ]
    assert _counted(bank, alice, operation) == ("APPROVED", 0, 0)


def test_wrong_codes(bank: Bank, alice: Phone) -> None:
    client, operation = _teller(), bank.operation("alice", max_failure_count=2)
    first = _text(client.post(_page(operation), _for(alice)))
    answer = _type(client, operation, alice, WRONG)
    said = "The code is wrong. Attempts left for this operation: 1."
    assert said in answer.content.decode()
    assert _counted(bank, alice, operation) == ("PENDING", 1, 1)
    # What the phone has scanned is still good.
    assert alice.scan(_text(answer)).nonce_b64 == alice.scan(first).nonce_b64
    assert WRONG not in answer.content.decode()
    answer = _type(client, operation, alice, WRONG)
    assert answer.status_code == HTTPStatus.FOUND
    assert "No attempt is left: the operation has failed." in notices(answer)
    assert _counted(bank, alice, operation) == ("FAILED", 2, 2)


def test_what_is_no_code_is_not_counted(bank: Bank, alice: Phone) -> None:
    client, operation = _teller(), bank.operation("alice")
    client.post(_page(operation), _for(alice))
    for code in ("", "123", "x" * 16, "1" * 65):
        answer = _type(client, operation, alice, code)
        assert answer.context["code_form"].errors
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)
    assert not SignatureAudit.objects.exists()


def test_right_code_by_the_wrong_factor(bank: Bank, alice: Phone) -> None:
    client = _teller()
    operation = bank.operation("alice", signature_types=["POSSESSION_BIOMETRY"])
    scanned = alice.scan(_text(client.post(_page(operation), _for(alice))))
    answer = _type(client, operation, alice, alice.offline_code(scanned, pin=PIN))
    assert "The code is right, but these factors do not suffice." in answer.content.decode()
    assert _counted(bank, alice, operation) == ("PENDING", 1, 0)


def test_proximity_check_needs_an_activation(bank: Bank, alice: Phone) -> None:
    client, key = _teller(), uuid.uuid4()
    operation = bank.operation("alice", id=key, proximity_seed=proximity.new_seed(key))
    targets = client.get(_page(operation)).context["qr_form"].fields["target"].choices
    assert [value for value, _ in targets] == [f"activation:{alice.activation_id}"]
    scanned = alice.scan(_text(client.post(_page(operation), _for(alice))))
    assert scanned.totp is not None
    code = alice.offline_code(scanned, pin=PIN)
    assert notices(_type(client, operation, alice, code)) == ["The operation is approved."]


def test_only_those_who_can_decide_are_offered(bank: Bank, alice: Phone, bob: Phone) -> None:
    client, operation = _teller(), bank.operation("alice")
    answer = client.post(_page(operation), _for(bob))
    assert "target" in answer.context["qr_form"].errors
    assert b"offline-text" not in answer.content
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert "target" in client.post(_page(operation), _for(alice)).context["qr_form"].errors
    operation.refresh_from_db()
    assert operation.offline_nonce == ""


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"])
def test_decided_operations(bank: Bank, alice: Phone, status: str) -> None:
    client, operation = _teller(), bank.operation("alice", status=status)
    for answer in (client.get(_page(operation)), _type(client, operation, alice, WRONG)):
        assert answer.status_code == HTTPStatus.FOUND
        assert notices(answer)[-1] == "The operation is not pending any more."
    assert _counted(bank, alice, operation) == (status, 0, 0)


def test_it_needs_its_permission(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    for name, permissions in [
        ("some", ["operations.view_operation", "operations.cancel_operation"]),
        ("other", ["operations.approve_operation_offline"]),
    ]:
        client = staff(name, *permissions)
        assert client.get(_page(operation)).status_code == HTTPStatus.FORBIDDEN
        refused = _type(client, operation, alice, WRONG)
        assert refused.status_code == HTTPStatus.FORBIDDEN
    page = f"/admin/operations/operation/{operation.pk}/change/"
    assert "/offline/" not in staff("third", "operations.view_operation").get(page).content.decode()
    assert "/offline/" in _teller().get(page).content.decode()
    assert _counted(bank, alice, operation) == ("PENDING", 0, 0)
    assert operation.offline_nonce == ""


def test_texts_that_fit_into_no_qr_code(bank: Bank, alice: Phone) -> None:
    client, operation = _teller(), bank.operation("alice")
    FormTemplate.objects.update(message="x" * 3000)
    answer = client.post(_page(operation), _for(alice))
    assert answer.context["qr_form"].non_field_errors() == [
        "The texts of the operation are too long for a QR code."
    ]


def test_the_drawing_is_the_text(bank: Bank, alice: Phone) -> None:
    client, operation = _teller(), bank.operation("alice")
    FormTemplate.objects.update(title="Příkaz <b> & ${iban}")
    answer = client.post(_page(operation), _for(alice))
    text = _text(answer)
    assert alice.scan(text).title == "Příkaz <b> & CZ1"
    path = segno.make_qr(text, error="m", encoding="utf-8").svg_inline(
        scale=4, border=4, dark="#000", light="#fff", svgclass="qr-code", omitsize=True
    )
    assert path in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_nothing_secret_is_logged(
    bank: Bank, alice: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    client, operation = _teller(), bank.operation("alice")
    caplog.set_level("DEBUG")
    text = _text(client.post(_page(operation), _for(alice)))
    code = alice.offline_code(alice.scan(text), pin=PIN)
    _type(client, operation, alice, "1111-2222-3333-4444")
    _type(client, operation, alice, code)
    assert _counted(bank, alice, operation)[0] == "APPROVED"
    log = caplog.text
    entries = " ".join(LogEntry.objects.values_list("change_message", flat=True))
    for secret in (code, code.replace("-", ""), "1111", alice.scan(text).nonce_b64):
        assert secret not in log
        assert secret not in entries
