"""Catalogues as tests want them."""

from collections.abc import Mapping
from pathlib import Path

from enrollment_server.messages import domains
from enrollment_server.messages.catalogue import (
    StableCatalogue,
    compiled,
    read,
    render,
    update,
)
from enrollment_server.messages.extraction import Text
from enrollment_server.messages.files import CatalogueFile

Translations = Mapping[str, str | tuple[str, ...]]


def catalogue(
    texts: list[Text], translations: Translations | None = None, *, language: str = "cs"
) -> StableCatalogue:
    """Give a catalogue of `texts`; a translation is named by its singular."""
    made = update(read(b"", language=language), texts, language=language)
    for message in made:
        name = message.id if isinstance(message.id, str) else message.id[0]
        if name:
            message.string = (translations or {}).get(name, message.string)
    return made


def install(
    folder: Path, language: str, translations: Translations, *, domain: str = domains.FORM_TEXTS
) -> CatalogueFile:
    """Put a compiled catalogue into a folder of LOCALE_PATHS."""
    file = CatalogueFile(folder=folder, language=language, domain=domain)
    file.update([])
    made = catalogue([Text(id=text) for text in translations], translations, language=language)
    file.po.write_bytes(render(made))
    file.mo.write_bytes(compiled(made))
    return file
