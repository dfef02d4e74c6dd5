"""The form templates of operation types that live elsewhere: mobile-token-api.md 5.1."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from enrollment_server.database.compiled import Compiled
from operations import policy
from operations.models import FormTemplate
from operations.screen.form_data import TemplateTexts

_TYPE = "type_"


def best_forms(operation_types: Iterable[str], *, language: str) -> Mapping[str, TemplateTexts]:
    """Give the texts of each type in the best language, in one statement; a type may have none.

    The asked language wins, then the default one, then the lowest id.
    """
    wanted = sorted(set(operation_types))
    if not wanted:
        return {}
    # One statement serves several numbers of types: what is missing is named twice.
    count = 1 << (len(wanted) - 1).bit_length()
    names = wanted + wanted[:1] * (count - len(wanted))
    values = {f"{_TYPE}{number}": name for number, name in enumerate(names)}
    rows = _query(count, policy.default_language()).all(language=language, **values)
    return {row.placeholder: row.texts() for row in rows}


@lru_cache(maxsize=16)
def _query(count: int, default_language: str) -> Compiled[FormTemplate]:
    """Compile the choice for so many types."""

    def build(*, language: str, **types: str) -> QuerySet[FormTemplate]:
        rank = Case(
            When(language=language, then=Value(0)),
            When(language=default_language, then=Value(1)),
            default=Value(2),
        )
        best = FormTemplate.objects.filter(placeholder=OuterRef("placeholder")).order_by(rank, "id")
        return FormTemplate.objects.filter(
            placeholder__in=types.values(), id=Subquery(best.values("id")[:1])
        )

    names = [f"{_TYPE}{number}" for number in range(count)]
    return Compiled(build, language=str, **dict.fromkeys(names, str))
