"""`manage.py messages [--check]`: the catalogues of the texts in the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.messages.catalogue import UnreadableCatalogue, form_texts
from enrollment_server.messages.check import missing
from enrollment_server.messages.extraction import Text, extract_folders
from enrollment_server.messages.files import CatalogueFile


class Command(BaseCommand):
    """Needs no database."""

    help = (
        "Brings the catalogues below locale/ up to date with the code and compiles them; "
        "translations stay."
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
        found = [
            f"{file.po.relative_to(settings.BASE_DIR)}: {problem}"
            for file in _catalogues()
            for problem in file.problems(texts)
        ]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Catalogues are complete: " + ", ".join(_languages()))

    def _update(self, texts: list[Text]) -> None:
        for file in _catalogues():
            try:
                catalogue = file.update([*texts, *form_texts(file.read())])
            except UnreadableCatalogue as error:
                raise CommandError(f"{file.po} cannot be read: {error}") from error
            count = sum(1 for message in catalogue if message.id)
            self.stdout.write(f"{file.language}: {count} texts, {missing(catalogue)} missing")


def _texts_of_the_code() -> list[Text]:
    root: Path = settings.BASE_DIR
    ours = (Path(config.path) for config in apps.get_app_configs())
    return extract_folders(root, sorted(path for path in ours if path.parent == root))


def _languages() -> list[str]:
    # Texts in the code are in the language of LANGUAGE_CODE.
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def _catalogues() -> list[CatalogueFile]:
    folder: Path = settings.BASE_DIR / "locale"
    return [CatalogueFile(folder=folder, language=language) for language in _languages()]
