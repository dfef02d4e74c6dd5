"""`manage.py check_templates`: what is wrong with the templates that are stored."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from operations.models import FormTemplate, OperationTemplate


class Command(BaseCommand):
    """Rows from before a rule, or from elsewhere, have never been looked at."""

    help = (
        "Checks stored operation templates and form templates by the rules of the back office, "
        "and fails if one breaks them; changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rows: list[OperationTemplate | FormTemplate] = [
            *OperationTemplate.objects.all(),
            *FormTemplate.objects.all(),
        ]
        found = [complaint for row in rows for complaint in _complaints(row)]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"Templates without a problem: {len(rows)}")


def _complaints(row: OperationTemplate | FormTemplate) -> Iterator[str]:
    try:
        row.clean()
    except ValidationError as error:
        for member, texts in error.message_dict.items():
            for text in texts:
                yield f"{row._meta.verbose_name} {row}: {member!r}: {text}"
