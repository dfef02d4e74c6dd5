import gettext
import io

import pytest

from enrollment_server.messages.catalogue import (
    FORM_TEMPLATE,
    UnreadableCatalogue,
    adopt_form_texts,
    all_texts,
    compiled,
    read,
    render,
    update,
)
from enrollment_server.messages.extraction import Text
from tests.messages.catalogues import Translations, catalogue

ONE = Text(id="One", places=("a.py",))
ROWS = Text(id=("%(n)d row", "%(n)d rows"), places=("a.py",))
OF_A_FORM = Text(id="Payment to ${iban}", comments=(f"{FORM_TEMPLATE}payment: title",))
CZECH: Translations = {
    "One": "Jedna",
    "%(n)d row": ("%(n)d řádek", "%(n)d řádky", "%(n)d řádků"),
    "Payment to ${iban}": "Platba na ${iban}",
}


def test_file() -> None:
    assert render(catalogue([ONE, OF_A_FORM], CZECH)).decode() == (
        "# Texts of the Enrollment Server: Czech\n"
        'msgid ""\n'
        'msgstr ""\n'
        '"Language: cs\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=3; plural=((n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2);\\n"\n'
        "\n"
        "#: a.py\n"
        'msgid "One"\n'
        'msgstr "Jedna"\n'
        "\n"
        "#. Form template payment: title\n"
        'msgid "Payment to ${iban}"\n'
        'msgstr "Platba na ${iban}"\n'
    )


@pytest.mark.parametrize(
    ("language", "translations"), [("cs", CZECH), ("cs", {}), ("sk", {}), ("de", {"One": "Eins"})]
)
def test_update_without_a_change_changes_no_byte(language: str, translations: Translations) -> None:
    texts = [ONE, ROWS, OF_A_FORM, Text(id="Many words " * 40, context="long")]
    first = catalogue(texts, translations, language=language)
    again = update(read(render(first), language=language), texts, language=language)
    assert render(again) == render(first)
    assert compiled(again) == compiled(first)


def test_update_keeps_translations_and_adds_texts() -> None:
    old = catalogue([ONE, ROWS], CZECH)
    new = update(old, [Text(id="New"), ROWS, ONE], language="cs")
    strings = {message.id: message.string for message in new if message.id}
    assert strings == {
        "New": "",
        "One": "Jedna",
        ("%(n)d row", "%(n)d rows"): CZECH["%(n)d row"],
    }


def test_text_that_leaves_and_returns_gets_its_translation_back() -> None:
    without = update(catalogue([ONE, ROWS], CZECH), [ROWS], language="cs")
    content = render(without)
    assert b'#~ msgid "One"' in content
    assert b"Jedna" not in compiled(without)
    back = update(read(content, language="cs"), [ROWS, ONE], language="cs")
    assert back["One"].string == "Jedna"
    assert b"#~" not in render(back)


def test_text_that_leaves_without_a_translation_leaves_nothing() -> None:
    assert b"One" not in render(update(catalogue([ONE]), [], language="cs"))


def test_same_text_of_two_places_is_one_entry() -> None:
    texts = [ONE, Text(id="One", places=("b.py",)), Text(id="One", context="first")]
    content = render(catalogue(texts)).decode()
    assert "#: a.py b.py\n" in content
    assert content.count('msgid "One"') == 2


def test_notes_of_translators_stay() -> None:
    old = read(b'# ask the bank\n#, fuzzy\nmsgid "One"\nmsgstr "Jedna"\n', language="cs")
    new = update(old, [ONE], language="cs")["One"]
    assert new.user_comments == ["ask the bank"]
    assert new.fuzzy


def test_form_texts_of_older_catalogues_are_adopted() -> None:
    old = read(render(catalogue([ONE, OF_A_FORM], CZECH)), language="cs")
    new = read(b"", language="cs")
    adopt_form_texts(new, old)
    assert all_texts(new) == [OF_A_FORM]
    assert new["Payment to ${iban}"].string == "Platba na ${iban}"


def test_newer_translations_of_form_texts_stay() -> None:
    old = catalogue([OF_A_FORM], CZECH)
    newer = Text(id="Payment to ${iban}", comments=("Form template transfer: title",))
    new = catalogue([newer], {"Payment to ${iban}": "Převod na ${iban}"})
    adopt_form_texts(new, old)
    assert all_texts(new) == [newer]
    assert new["Payment to ${iban}"].string == "Převod na ${iban}"
    new["Payment to ${iban}"].string = ""
    adopt_form_texts(new, old)
    assert new["Payment to ${iban}"].string == "Platba na ${iban}"


def test_compiled_catalogue_is_one_for_gettext() -> None:
    texts = gettext.GNUTranslations(io.BytesIO(compiled(catalogue([ONE, ROWS], CZECH))))
    assert texts.gettext("One") == "Jedna"
    forms = [texts.ngettext("%(n)d row", "%(n)d rows", number) for number in (1, 3, 7)]
    assert forms == ["%(n)d řádek", "%(n)d řádky", "%(n)d řádků"]


@pytest.mark.parametrize("content", [b"msgid", b"\xff\xfe", b'msgid "a"\nnonsense\n'])
def test_file_that_is_no_catalogue(content: bytes) -> None:
    with pytest.raises(UnreadableCatalogue):
        read(content, language="cs")
