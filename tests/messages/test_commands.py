"""The commands that `make messages`, `make lint` and translators run."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from enrollment_server.messages import domains
from enrollment_server.messages.files import CatalogueFile
from tests.factories import FormTemplateFactory, OperationTemplateFactory


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


def _form_texts(folder: Path, language: str) -> CatalogueFile:
    return CatalogueFile(folder=folder, language=language, domain=domains.FORM_TEXTS)


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
    assert f"{folder}/cs/LC_MESSAGES/form_texts.po: 4 texts, 4 missing" in _run(
        "collect_form_texts"
    )
    content = _form_texts(folder, "cs").po.read_text()
    assert '#. Form template payment: title\nmsgid "Payment to ${iban}"\n' in content
    assert 'message\nmsgid ""\n"Two\\n"\n"lines"\n' in content
    assert '#. Form template payment: label of operation.amount\nmsgid "Amount"\n' in content
    assert '#. Form template login: title\nmsgid "Log in"\n' in content
    assert "Platba" not in content


@pytest.mark.django_db
def test_collects_push_texts_of_the_default_language(folder: Path) -> None:
    texts = {"en": {"title": "Pay", "body": "To ${iban}"}, "cs": {"title": "Plať", "body": "Na"}}
    OperationTemplateFactory.create(push_texts=texts)
    OperationTemplateFactory.create(template_name="quiet")
    assert "2 texts, 2 missing" in _run("collect_form_texts")
    content = _form_texts(folder, "de").po.read_text()
    assert '#. Form template payment: push title\nmsgid "Pay"\n' in content
    assert '#. Form template payment: push body\nmsgid "To ${iban}"\n' in content
    assert not (folder / "en").exists()


@pytest.mark.django_db
def test_collects_labels_of_one_text_once(folder: Path) -> None:
    entry = {"id": "a", "type": "NOTE", "text": "Note", "params": {}}
    attributes = json.dumps([entry, entry | {"id": "b"}, entry | {"text": 5}, 7])
    FormTemplateFactory.create(title="Note", message="Note", attributes=attributes)
    _run("collect_form_texts")
    content = _form_texts(folder, "de").po.read_text()
    assert content.count('msgid "Note"') == 1
    assert "label of b" in content


@pytest.mark.django_db
def test_collected_texts_and_translations_stay(folder: Path) -> None:
    file = _form_texts(folder, "cs")
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


def _older(folder: Path) -> CatalogueFile:
    """A catalogue from before form texts had one of their own."""
    file = CatalogueFile(folder=folder, language="cs")
    file.po.parent.mkdir(parents=True)
    file.po.write_text(
        '#: app/models.py\nmsgid "Amount"\nmsgstr "Částka"\n\n'
        '#. Form template payment: title\nmsgid "Confirm"\nmsgstr "Potvrďte"\n'
    )
    return file


@pytest.mark.django_db
def test_texts_of_the_code_are_left_alone(folder: Path) -> None:
    file = _older(folder)
    before = file.po.read_bytes()
    FormTemplateFactory.create()
    _run("collect_form_texts", "--prune")
    assert file.po.read_bytes() == before
    content = _form_texts(folder, "cs").po.read_text()
    assert 'msgid "Amount"\nmsgstr ""' in content


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["messages", "collect_form_texts"])
def test_collected_texts_of_older_versions_move(folder: Path, command: str) -> None:
    file = _older(folder)
    _run(command)
    assert 'msgid "Confirm"\nmsgstr "Potvrďte"' in _form_texts(folder, "cs").po.read_text()
    assert "Potvrďte".encode() in _form_texts(folder, "cs").mo.read_bytes()
    _run("messages")
    assert 'msgid "Confirm"\nmsgstr "Potvrďte"' in _form_texts(folder, "cs").po.read_text()
    assert "Potvrďte".encode() not in file.mo.read_bytes()


@pytest.mark.django_db
def test_check_minds_form_texts_where_there_are_any(folder: Path) -> None:
    FormTemplateFactory.create(title="Confirm", message="Confirm", attributes="")
    assert "form texts" not in _run("messages")
    _run("collect_form_texts")
    assert "cs, form texts: 1 texts, 1 missing" in _run("messages")
    with pytest.raises(CommandError, match=r"form_texts\.po: no translation: 'Confirm'"):
        _run("messages", "--check")
    for language in ("cs", "de"):
        _translate(_form_texts(folder, language), Confirm="X")
    with pytest.raises(CommandError, match=r"form_texts\.po: the compiled catalogue is not of"):
        _run("messages", "--check")
    _run("messages")
    assert _run("messages", "--check") == "Catalogues are complete: cs, de\n"


@pytest.mark.django_db
def test_banks_that_write_in_another_language(folder: Path, settings: Settings) -> None:
    settings.DEFAULT_LANGUAGE = "cs"
    FormTemplateFactory.create(language="cs", title="Platba", message="Potvrďte", attributes="")
    _run("collect_form_texts")
    assert {path.name for path in folder.iterdir()} == {"en", "de"}
    assert 'msgid "Platba"' in _form_texts(folder, "en").po.read_text()
