"""A catalogue: reading, update, writing and compilation, with bytes that depend on texts only.

No date, no version of a tool and no line number is written: who changes no text, changes no byte.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from enrollment_server.messages.extraction import Text

FORM_TEMPLATE = "Form template "
"""How the comment of a text starts that stands in a form template, not in the code."""

_LINE_LENGTH = 1000  # one text, one line: where lines wrap must not be part of a change

Key = tuple[str, str | None]


class UnreadableCatalogue(Exception):
    """A file is no catalogue."""


class StableCatalogue(Catalog):
    """A catalogue whose header never changes by itself."""

    def __init__(self, language: str) -> None:
        name = Locale.parse(language).get_display_name("en")
        super().__init__(
            locale=language, header_comment=f"# Texts of the Enrollment Server: {name}"
        )

    def __iter__(self) -> Iterator[Message]:
        header = (
            f"Language: {self.locale_identifier}\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: 8bit\n"
            f"Plural-Forms: {self.plural_forms}\n"
        )
        yield Message("", header)
        yield from (message for message in super().__iter__() if message.id)


def read(content: bytes, *, language: str) -> Catalog:
    """Read a .po file.

    Raises:
        UnreadableCatalogue: it is none.
    """
    try:
        return read_po(BytesIO(content), locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise UnreadableCatalogue(str(error)) from error


def update(old: Catalog, texts: Iterable[Text], *, language: str) -> StableCatalogue:
    """Make a catalogue of `texts` with the translations of `old`.

    A text that nobody uses any more is kept as obsolete, and gets its translation back if it
    returns.
    """
    known = {_key(message): message for message in old.obsolete.values()}
    known |= {_key(message): message for message in old if message.id}
    new = StableCatalogue(language)
    for key, text in _merged(texts).items():
        before = known.pop(key, None)
        message = new.add(
            text.id,
            _translation(before, text, forms=new.num_plurals),
            context=text.context,
            locations=[(place, 0) for place in text.places],
            auto_comments=text.comments,
            user_comments=before.user_comments if before else (),
            flags={"fuzzy"} if before and before.fuzzy else (),
        )
        if "${" in str(text.id):
            # What Babel takes for Python's {name} is a placeholder of our own.
            message.flags.discard("python-brace-format")
    for (text_id, context), message in known.items():
        if _is_translated(message):
            new.obsolete[text_id if context is None else (text_id, context)] = message
    return new


def all_texts(catalogue: Catalog) -> list[Text]:
    """Give the texts of a catalogue of form texts, in their order."""
    return [
        Text(id=message.id, context=message.context, comments=tuple(message.auto_comments))
        for message in catalogue
        if message.id and isinstance(message.id, str)
    ]


def adopt_form_texts(catalogue: Catalog, older: Catalog) -> None:
    """Add the form texts that stand among the texts of the code in `older`.

    A translation that `catalogue` has already stays.
    """
    for message in older:
        if not _about_forms(message):
            continue
        known = catalogue.get(message.id, message.context)
        if known is None:
            catalogue.add(
                message.id,
                message.string,
                auto_comments=_about_forms(message),
                flags={"fuzzy"} if message.fuzzy else (),
                context=message.context,
            )
        elif not known.string:
            known.string = message.string


def _about_forms(message: Message) -> list[str]:
    return [text for text in message.auto_comments if text.startswith(FORM_TEMPLATE)]


def render(catalogue: Catalog) -> bytes:
    """Write a .po file."""
    file = BytesIO()
    write_po(file, catalogue, width=_LINE_LENGTH, include_lineno=False)
    return file.getvalue().rstrip(b"\n") + b"\n"


def compiled(catalogue: Catalog) -> bytes:
    """Write a .mo file; fuzzy and missing translations are left out."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def _merged(texts: Iterable[Text]) -> dict[Key, Text]:
    """Join what is said about the same text, in the order of first appearance."""
    merged: dict[Key, Text] = {}
    for text in texts:
        key = (text.id if isinstance(text.id, str) else text.id[0], text.context)
        first = merged.get(key, text)
        merged[key] = Text(
            # gettext has one entry for a text that is counted in one place and not in another.
            id=first.id if isinstance(first.id, tuple) else text.id,
            context=text.context,
            places=tuple(dict.fromkeys(first.places + text.places)),
            comments=tuple(dict.fromkeys(first.comments + text.comments)),
        )
    return merged


def _translation(before: Message | None, text: Text, *, forms: int) -> str | tuple[str, ...]:
    if isinstance(text.id, str):
        return before.string if before and isinstance(before.string, str) else ""
    known = before.string if before and isinstance(before.string, list | tuple) else ()
    return (*known, *[""] * forms)[:forms]


def _key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else message.id[0], message.context


def _is_translated(message: Message) -> bool:
    return any(message.string if isinstance(message.string, list | tuple) else [message.string])
