"""What is wrong with a catalogue, before a person reads it."""

import re
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog, Message

from enrollment_server.messages.catalogue import (
    UnreadableCatalogue,
    compiled,
    read,
    render,
    update,
)
from enrollment_server.messages.extraction import Text

# ${name}, %(name)s, {name}, and %s or %d. What follows `:-` in ${name:-default} is a text.
_PLACEHOLDER = re.compile(
    r"\$\{[^{}]*?(?=:-|\})|%\(\w+\)[a-z]|(?<!\$)\{\w*\}|(?<!%)(?:%%)*%[sd](?!\w)"
)


def problems(
    po: bytes | None, mo: bytes | None, *, texts: Sequence[Text], language: str
) -> list[str]:
    """Compare a catalogue with the code, with itself, and with its compiled form.

    Args:
        po: content of the .po file, None if there is no such file.
        mo: content of the .mo file, likewise.
        texts: what the code has to translate.

    Returns: one line a problem; empty for a catalogue that is ready.
    """
    try:
        catalogue = read(po or b"", language=language)
    except UnreadableCatalogue as error:
        return [f"the catalogue cannot be read: {error}"]
    current = update(catalogue, texts, language=language)
    found = []
    if po is None or render(current) != po:
        found.append("not in sync with the code: run `make messages`")
    if mo != compiled(current):
        found.append("the compiled catalogue is not of this .po file: run `make messages`")
    return found + [problem for message in current if message.id for problem in _of(message)]


def placeholders(text: str) -> frozenset[str]:
    """Give the names that a value is put in for."""
    return frozenset(match.lstrip("%") for match in _PLACEHOLDER.findall(text))


def missing(catalogue: Catalog) -> int:
    """Count the texts without a translation."""
    return sum(1 for message in catalogue if message.id and not all(_strings(message)))


def _of(message: Message) -> Iterator[str]:
    first, *others = [message.id] if isinstance(message.id, str) else message.id
    strings = _strings(message)
    if not all(strings):
        yield f"no translation: {first!r}"
    if message.fuzzy:
        yield f"fuzzy: {first!r}"
    # A plural form may go without the number that the singular goes without.
    wanted = [placeholders(text) for text in (first, *others)]
    for number, string in enumerate(strings):
        allowed = wanted if number == 0 else wanted[-1:]
        if string and placeholders(string) not in allowed:
            yield f"placeholders differ: {first!r} -> {string!r}"


def _strings(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)
