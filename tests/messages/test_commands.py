"""The commands that `make messages`, `make lint` and translators run."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from enrollment_server.messages.files import CatalogueFile
from tests.factories import FormTemplateFactory


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A project with one app, and two languages."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.LANGUAGES = [("en", "English"), ("cs", "Czech"), ("de", "German")]
    return tmp_path / "locale"


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _translate(file: CatalogueFile, **translations: str) -> None:
    content = file.po.read_text()
    for text, translation in translations.items():
        content = content.replace(
            f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{translation}"'
        )
    file.po.write_text(content)


def test_check_names_file_and_reason(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"locale/cs/LC_MESSAGES/django\.po: not in sync"):
        _run("messages", "--check")
    assert not folder.exists()


def test_update_makes_what_check_wants(folder: Path) -> None:
    assert _run("messages") == "cs: 0 texts, 0 missing\nde: 0 texts, 0 missing\n"
    assert _run("messages", "--check") == "Catalogues are complete: cs, de\n"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("django.*")}
    parents = ("cs/LC_MESSAGES", "de/LC_MESSAGES")
    assert names == {f"{parent}/django.{kind}" for parent in parents for kind in ("po", "mo")}


def test_update_spoils_no_broken_file(folder: Path) -> None:
    file = CatalogueFile(folder=folder, language="cs")
    file.po.parent.mkdir(parents=True)
    file.po.write_text("broken")
    with pytest.raises(CommandError, match="cannot be read"):
        _run("messages")
    assert file.po.read_text() == "broken"


@pytest.mark.django_db
def test_collects_texts_of_the_default_language(folder: Path) -> None:
    FormTemplateFactory.create(message="Two\r\nlines")
    FormTemplateFactory.create(language="cs", title="Platba", message="Potvrďte")
    FormTemplateFactory.create(placeholder="login", title="Log in", message=" ", attributes="{")
    assert f"{folder}/cs/LC_MESSAGES/django.po: 4 texts, 4 missing" in _run("collect_form_texts")
    content = CatalogueFile(folder=folder, language="cs").po.read_text()
    assert '#. Form template payment: title\nmsgid "Payment to ${iban}"\n' in content
    assert 'message\nmsgid ""\n"Two\\n"\n"lines"\n' in content
    assert '#. Form template payment: label of operation.amount\nmsgid "Amount"\n' in content
    assert '#. Form template login: title\nmsgid "Log in"\n' in content
    assert "Platba" not in content
    assert not (folder / "en").exists()


@pytest.mark.django_db
def test_collects_labels_of_one_text_once(folder: Path) -> None:
    entry = {"id": "a", "type": "NOTE", "text": "Note", "params": {}}
    attributes = json.dumps([entry, entry | {"id": "b"}, entry | {"text": 5}, 7])
    FormTemplateFactory.create(title="Note", message="Note", attributes=attributes)
    _run("collect_form_texts")
    content = CatalogueFile(folder=folder, language="de").po.read_text()
    assert content.count('msgid "Note"') == 1
    assert "label of b" in content


@pytest.mark.django_db
def test_collected_texts_and_translations_stay(folder: Path) -> None:
    file = CatalogueFile(folder=folder, language="cs")
    row = FormTemplateFactory.create(attributes="", message="Confirm")
    _run("collect_form_texts")
    _translate(file, Confirm="Potvrďte")
    row.delete()
    _run("collect_form_texts")
    _run("messages")
    assert 'msgid "Confirm"\nmsgstr "Potvrďte"' in file.po.read_text()
    assert "Potvrďte".encode() in file.mo.read_bytes()
    _run("collect_form_texts", "--prune")
    assert '\n#~ msgid "Confirm"\n' in file.po.read_text()
    assert "Potvrďte".encode() not in file.mo.read_bytes()


@pytest.mark.django_db
def test_texts_of_the_code_stay(folder: Path) -> None:
    file = CatalogueFile(folder=folder, language="cs")
    file.po.parent.mkdir(parents=True)
    file.po.write_text('#: app/models.py\nmsgid "Amount"\nmsgstr "Částka"\n')
    FormTemplateFactory.create()
    _run("collect_form_texts", "--prune")
    content = file.po.read_text()
    assert "#. Form template payment: label of operation.amount\n#: app/models.py\n" in content
    assert 'msgstr "Částka"' in content


@pytest.mark.django_db
def test_banks_that_write_in_another_language(folder: Path, settings: Settings) -> None:
    settings.DEFAULT_LANGUAGE = "cs"
    FormTemplateFactory.create(language="cs", title="Platba", message="Potvrďte", attributes="")
    _run("collect_form_texts")
    assert {path.name for path in folder.iterdir()} == {"en", "de"}
    assert 'msgid "Platba"' in CatalogueFile(folder=folder, language="en").po.read_text()
