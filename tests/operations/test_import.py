"""`manage.py import_form_templates`: all templates of a file, or none."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from operations.models import FormTemplate
from operations.templates.templates_import import UnusableImport, import_form_templates
from powerauth.phone.phone import Phone
from tests.bank import Bank

ENTRY = {"placeholder": "login", "language": "en", "title": "Login", "message": "Log in?"}


def _import(*entries: object) -> int:
    return import_form_templates(json.dumps(entries).encode(), strict=True).count


def _row(**values: Any) -> tuple[str, ...]:
    row = FormTemplate.objects.get(**{"placeholder": "login", "language": "en", **values})
    return row.title, row.message, row.attributes, row.ui, row.result_texts


@pytest.mark.main_path
def test_a_running_server_shows_it_at_once(tmp_path: Path, bank: Bank, alice: Phone) -> None:
    bank.operation("alice", parameters={"n": "7"})
    assert alice.operations()[0]["formData"]["title"] == "Payment to ${iban}"
    entry = {
        **ENTRY,
        "placeholder": "payment",
        "title": "Číslo ${n}",
        "ui": '{"postApprovalScreen":{"type":"MERCHANT_REDIRECT","heading":"h","message":"m",'
        '"payload":{"redirectText":"t","redirectUrl":"https://e.example","countdown":${n}}}}',
    }
    path = tmp_path / "templates.json"
    path.write_text(json.dumps([entry]), encoding="utf-8")
    call_command("import_form_templates", str(path))
    [shown] = alice.operations()
    assert shown["formData"]["title"] == "Číslo 7"
    assert shown["ui"]["postApprovalScreen"]["payload"]["countdown"] == 7


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, ""),
        ({"flipButtons": True, "ž": None}, '{"flipButtons": true, "ž": null}'),
        ('{ "templates": ${x} }', '{ "templates": ${x} }'),
        ("", ""),
    ],
)
def test_json_members(db: None, value: object, stored: str) -> None:
    assert _import({**ENTRY, "ui": value}) == 1
    assert _row() == ("Login", "Log in?", "", stored, "")


def test_absent_members_and_lists(db: None) -> None:
    attributes = [{"id": "a", "type": "NOTE", "text": "N", "params": {"note": "n"}}]
    texts = {"success": "Done", "failure": None}
    _import({**ENTRY, "attributes": attributes, "result_texts": texts})
    row = _row()
    assert (json.loads(row[2]), row[3], json.loads(row[4])) == (attributes, "", texts)


def test_an_existing_row_is_replaced(db: None) -> None:
    _import({**ENTRY, "ui": {"flipButtons": True}}, {**ENTRY, "language": "CS"})
    first = FormTemplate.objects.get(language="en").pk
    assert _import({**ENTRY, "title": "New"}) == 1
    assert _row() == ("New", "Log in?", "", "", "")
    assert FormTemplate.objects.get(language="en").pk == first
    assert _row(language="cs")[0] == "Login"


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (7, "entry 2: not a JSON object"),
        ({}, "'placeholder' has to be a text"),
        ({**ENTRY, "title": None}, "entry 2 ('login', 'en'): 'title' has to be a text"),
        ({**ENTRY, "message": 1}, "'message' has to be a text"),
        ({**ENTRY, "title": ""}, "'title'"),
        ({**ENTRY, "title": "x" * 256}, "'title'"),
        ({**ENTRY, "language": "too-long-x"}, "'language'"),
        ({**ENTRY, "attribute": []}, "unknown member 'attribute'"),
        ({**ENTRY, "attributes": {}}, "'attributes': attributes have to be a JSON array"),
        ({**ENTRY, "attributes": ["x"]}, "attribute 1 has to be a JSON object"),
        ({**ENTRY, "attributes": [{"id": "a"}]}, "attribute 1: 'type' has to be a text"),
        ({**ENTRY, "attributes": [{"id": 1, "type": "NOTE"}]}, "attribute 1: 'id'"),
        ({**ENTRY, "attributes": [{"id": "a", "type": "NOTE", "text": 1}]}, "'text'"),
        ({**ENTRY, "attributes": [{"id": "a", "type": "HEADING", "params": []}]}, None),
        ({**ENTRY, "attributes": [{"id": "a", "type": "NOTE", "params": {"note": 1}}]}, "params"),
        ({**ENTRY, "attributes": [{"id": "a", "type": "NOTE", "params": "x"}]}, "params"),
        ({**ENTRY, "attributes": "["}, "'attributes'"),
        ({**ENTRY, "ui": []}, "'ui': the user interface has to be a JSON object"),
        ({**ENTRY, "ui": '{"a": ${x}'}, "'ui'"),
        ({**ENTRY, "ui": 5}, "'ui'"),
        ({**ENTRY, "result_texts": []}, "'result_texts'"),
        ({**ENTRY, "result_texts": {"success": {"a": 1}}}, "every result text"),
        ({**ENTRY, "result_texts": {"sucess": "x"}}, "success, failure, reject"),
        ({**ENTRY, "placeholder": "first"}, "repeats entry 1"),
    ],
)
def test_one_broken_entry_stops_all(db: None, entry: object, complaint: str | None) -> None:
    good = {**ENTRY, "placeholder": "first"}
    if complaint is None:
        assert _import(good, entry) == 2
        return
    with pytest.raises(UnusableImport) as caught:
        _import(good, entry)
    assert "entry 2" in str(caught.value)
    assert complaint in str(caught.value)
    assert not FormTemplate.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[", b'["\\u0000"]', b"null"])
def test_files_that_are_no_list(db: None, content: bytes) -> None:
    with pytest.raises(UnusableImport, match="the file"):
        import_form_templates(content)


def test_command_fails_clearly(tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match=r"absent\.json cannot be read"):
        call_command("import_form_templates", str(tmp_path / "absent.json"))
    path = tmp_path / "broken.json"
    path.write_text("[{}]")
    with pytest.raises(CommandError, match=r"entry 1 .* Nothing was imported"):
        call_command("import_form_templates", str(path))


def test_empty_list_and_byte_order_mark(db: None) -> None:
    assert import_form_templates(b"\xef\xbb\xbf[]").count == 0


def test_templates_of_another_server_are_stored_with_a_warning(
    tmp_path: Path, bank: Bank, alice: Phone, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.operation("alice", operation_type="login")
    kept = bank.operation("alice")
    path = tmp_path / "templates.json"
    path.write_text(json.dumps([{**ENTRY, "attributes": "[broken", "id": 7}]))
    call_command("import_form_templates", str(path))
    said = capsys.readouterr()
    assert "entry 1 ('login', 'en'): unknown member 'id'" in said.err
    assert "entry 1 ('login', 'en'): 'attributes':" in said.err
    assert said.out == "Imported form templates: 1\n"
    assert _row()[2] == "[broken"
    # The broken template costs its own operation only.
    assert [shown["id"] for shown in alice.operations()] == [str(kept.id)]


def test_a_strict_import_refuses_what_would_not_show(tmp_path: Path, db: None) -> None:
    path = tmp_path / "templates.json"
    path.write_text(json.dumps([{**ENTRY, "ui": "[broken"}]))
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_form_templates", str(path), "--strict")
    assert not FormTemplate.objects.exists()
