"""The form templates of operation types that live elsewhere: mobile-token-api.md 5.1."""

from collections.abc import Iterable, Mapping

from operations import policy
from operations.models import FormTemplate
from operations.screen.form_data import TemplateTexts


def best_forms(operation_types: Iterable[str], *, language: str) -> Mapping[str, TemplateTexts]:
    """Give the texts of each type in the best language, in one statement; a type may have none.

    The asked language wins, then the default one, then the lowest id.
    """
    wanted = set(operation_types)
    if not wanted:
        return {}
    ranks = {policy.default_language(): 1, language: 0}
    rows = FormTemplate.objects.filter(placeholder__in=wanted).order_by("id")
    best: dict[str, FormTemplate] = {}
    for row in rows:
        known = best.get(row.placeholder)
        if known is None or ranks.get(row.language, 2) < ranks.get(known.language, 2):
            best[row.placeholder] = row
    return {name: row.texts() for name, row in best.items()}
