import pytest

from enrollment_server.messages.catalogue import compiled, render
from enrollment_server.messages.check import placeholders, problems
from enrollment_server.messages.extraction import Text
from tests.messages.catalogues import Translations, catalogue

ONE = Text(id="One", places=("a.py",))
STALE = "not in sync with the code: run `make messages`"
NOT_COMPILED = "the compiled catalogue is not of this .po file: run `make messages`"


def _problems(texts: list[Text], translations: Translations) -> list[str]:
    made = catalogue(texts, translations)
    return problems(render(made), compiled(made), texts=texts, language="cs")


def test_complete_catalogue() -> None:
    rows = Text(id=("%(n)d row", "%(n)d rows"))
    forms = ("%(n)d řádek", "%(n)d řádky", "%(n)d řádků")
    assert _problems([ONE, rows], {"One": "Jedna", "%(n)d row": forms}) == []


def test_missing_translation() -> None:
    assert _problems([ONE], {}) == ["no translation: 'One'"]


def test_missing_plural_form() -> None:
    found = _problems([Text(id=("row", "rows"))], {"row": ("řádek", "řádky", "")})
    assert found == ["no translation: 'row'"]


def test_fuzzy_translation() -> None:
    made = catalogue([ONE], {"One": "Jedna"})
    made["One"].flags.add("fuzzy")
    found = problems(render(made), compiled(made), texts=[ONE], language="cs")
    assert found == ["fuzzy: 'One'"]


@pytest.mark.parametrize("texts", [[], [ONE, Text(id="Two")], [Text(id="One", places=("b.py",))]])
def test_code_that_went_on(texts: list[Text]) -> None:
    made = catalogue([ONE], {"One": "Jedna"})
    assert STALE in problems(render(made), compiled(made), texts=texts, language="cs")


def test_no_catalogue() -> None:
    found = problems(None, None, texts=[ONE], language="cs")
    assert found == [STALE, NOT_COMPILED, "no translation: 'One'"]


@pytest.mark.parametrize("mo", [None, b"", compiled(catalogue([ONE], {"One": "Jeden"}))])
def test_catalogue_that_is_not_compiled(mo: bytes | None) -> None:
    content = render(catalogue([ONE], {"One": "Jedna"}))
    assert problems(content, mo, texts=[ONE], language="cs") == [NOT_COMPILED]


def test_unreadable_catalogue() -> None:
    [found] = problems(b"msgid", b"", texts=[ONE], language="cs")
    assert found.startswith("the catalogue cannot be read")


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Pay ${iban}", "Platba ${Iban}"),
        ("Pay ${iban}", "Platba"),
        ("Pay", "Platba ${iban}"),
        ("For %(user)s", "Pro %(uzivatel)s"),
        ("For %(user)s", "Pro %(user)d"),
        ("For {user}", "Pro {uzivatel}"),
        ("%s of %d", "%s z"),
    ],
)
def test_placeholders_that_differ(text: str, translation: str) -> None:
    found = _problems([Text(id=text)], {text: translation})
    assert found == [f"placeholders differ: {text!r} -> {translation!r}"]


def test_placeholders_of_plural_forms() -> None:
    rows = Text(id=("one row", "%(n)d rows"))
    assert _problems([rows], {"one row": ("jeden řádek", "%(n)d řádky", "%(n)d řádků")}) == []
    [found] = _problems([rows], {"one row": ("jeden řádek", "řádky", "%(n)d řádků")})
    assert found == "placeholders differ: 'one row' -> 'řádky'"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${a} ${b:-none} ${a}", {"${a", "${b"}),
        ("%(a)s {b} {}", {"(a)s", "{b}", "{}"}),
        ("100 % sure, 5 %discount, 100%%s", set()),
        ("%s%d", {"s", "d"}),
    ],
)
def test_placeholders(text: str, names: set[str]) -> None:
    assert placeholders(text) == names


def test_form_texts_do_not_belong_among_the_texts_of_the_code() -> None:
    of_a_form = Text(id="Pay", comments=("Form template payment: title",))
    made = catalogue([of_a_form], {"Pay": "Platba"})
    assert STALE in problems(render(made), compiled(made), texts=[], language="cs")
