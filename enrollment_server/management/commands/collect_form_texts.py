"""`manage.py collect_form_texts`: the texts of form templates, for translators."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment_server.messages import domains
from enrollment_server.messages.catalogue import FORM_TEMPLATE, UnreadableCatalogue, all_texts
from enrollment_server.messages.check import missing
from enrollment_server.messages.extraction import Text
from enrollment_server.messages.files import CatalogueFile
from operations import policy
from operations.models import FormTemplate, OperationTemplate
from operations.ringing import texts as push_texts
from operations.screen.form_data import TemplateTexts
from operations.screen.translation import message_ids


class Command(BaseCommand):
    """Run it again once the catalogues are translated: it compiles them."""

    help = (
        "Collects titles, messages and labels of the form templates in DEFAULT_LANGUAGE, and the "
        "push texts of operation templates, into the catalogues of the other languages, and "
        "compiles these; translations stay. A server shows new translations after its next start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prune", action="store_true", help="give up texts that no template has any more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        collected = [*_collected(), *_pushed()]
        for language in _languages():
            file = _catalogue(language, domains.FORM_TEXTS)
            try:
                old = file.read_with_form_texts_of(_catalogue(language, domains.CODE))
            except UnreadableCatalogue as error:
                raise CommandError(str(error)) from error
            kept = [] if options["prune"] else all_texts(old)
            new = file.update([*collected, *kept], old=old)
            self.stdout.write(f"{file.po}: {len(all_texts(new))} texts, {missing(new)} missing")


def _collected() -> Iterator[Text]:
    rows = FormTemplate.objects.filter(language=policy.default_language())
    for row in rows:
        texts = TemplateTexts(
            title=row.title,
            message=row.message,
            attributes=row.attributes,
            ui=row.ui,
            result_texts=row.result_texts,
        )
        for place, text in message_ids(texts):
            comment = f"{FORM_TEMPLATE}{row.placeholder}: {place}"
            yield Text(id=text, comments=(" ".join(comment.split()),))


def _pushed() -> Iterator[Text]:
    for template in OperationTemplate.objects.exclude(push_texts={}).order_by("id"):
        for place, text in push_texts.message_ids(template):
            comment = f"{FORM_TEMPLATE}{template}: {place}"
            yield Text(id=text, comments=(" ".join(comment.split()),))


def _languages() -> list[str]:
    default = policy.default_language()
    return [code for code, _ in settings.LANGUAGES if code != default]


def _catalogue(language: str, domain: str) -> CatalogueFile:
    # The first folder wins a look-up: FORM_TEXTS_LOCALE_DIR if there is one.
    folder = Path(settings.LOCALE_PATHS[0])
    return CatalogueFile(folder=folder, language=language, domain=domain)
