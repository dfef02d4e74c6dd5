"""`manage.py messages [--check]`: the catalogues of the texts in the code, and of form texts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.messages import domains
from enrollment_server.messages.catalogue import UnreadableCatalogue, all_texts
from enrollment_server.messages.check import missing
from enrollment_server.messages.extraction import Text, extract_folders
from enrollment_server.messages.files import CatalogueFile

_NAMES = {domains.CODE: "{language}", domains.FORM_TEXTS: "{language}, form texts"}


class Command(BaseCommand):
    """Needs no database."""

    help = (
        "Brings the catalogues below locale/ up to date with the code and compiles them, also "
        "those of form texts that were collected there; translations stay."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing, and fail unless every catalogue is complete and up to date",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        texts = _texts_of_the_code()
        if options["check"]:
            self._check(texts)
        else:
            self._update(texts)

    def _check(self, texts: list[Text]) -> None:
        try:
            found = [
                f"{file.po.relative_to(settings.BASE_DIR)}: {problem}"
                for language in _languages()
                for file, wanted in _files(language, texts)
                for problem in file.problems(wanted)
            ]
        except UnreadableCatalogue as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Catalogues are complete: " + ", ".join(_languages()))

    def _update(self, texts: list[Text]) -> None:
        for language in _languages():
            try:
                _move_form_texts(language)
                for file, wanted in _files(language, texts):
                    catalogue = file.update(wanted)
                    count = sum(1 for message in catalogue if message.id)
                    name = _NAMES[file.domain].format(language=language)
                    self.stdout.write(f"{name}: {count} texts, {missing(catalogue)} missing")
            except UnreadableCatalogue as error:
                raise CommandError(str(error)) from error


def _files(language: str, texts: list[Text]) -> list[tuple[CatalogueFile, list[Text]]]:
    """Give the catalogues of a language, each with its texts; of form texts only if it exists."""
    file = _catalogue(language, domains.FORM_TEXTS)
    of_forms = [(file, all_texts(file.read()))] if file.po.exists() else []
    return [(_catalogue(language, domains.CODE), texts), *of_forms]


def _move_form_texts(language: str) -> None:
    """Move the form texts that older versions kept among the texts of the code."""
    file = _catalogue(language, domains.FORM_TEXTS)
    moved = file.read_with_form_texts_of(_catalogue(language, domains.CODE))
    if texts := all_texts(moved):
        file.update(texts, old=moved)


def _texts_of_the_code() -> list[Text]:
    root: Path = settings.BASE_DIR
    ours = (Path(config.path) for config in apps.get_app_configs())
    return extract_folders(root, sorted(path for path in ours if path.parent == root))


def _languages() -> list[str]:
    # Texts in the code are in the language of LANGUAGE_CODE.
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def _catalogue(language: str, domain: str) -> CatalogueFile:
    return CatalogueFile(folder=settings.BASE_DIR / "locale", language=language, domain=domain)
