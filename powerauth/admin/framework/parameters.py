"""What the query of a list may contain: parameters that the list declares, with usable values.

Nothing else may reach the database. A lookup that nobody declared reads columns that nobody
shows, and a value that the database refuses ends in an error page.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib.admin import FieldListFilter, SimpleListFilter
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import ValidationError
from django.db.models import BooleanField
from django.http import HttpRequest

from powerauth.models.secrecy import leads_to_secret

MAX_LENGTH = 255  # characters of a value; no column that is searched is longer
MAX_VALUES = 10  # of one parameter
MAX_PAGE_DIGITS = 6

Accepts = Callable[[str], bool]

_YES_OR_NO = frozenset({"0", "1", "true", "false"})
_SEPARATOR = ","  # between the values of an `in` lookup


def usable_text(value: str) -> bool:
    """Tell whether a text is one that a column could hold, and a database compare."""
    return len(value) <= MAX_LENGTH and "\0" not in value


def usable_number(value: str) -> bool:
    """Tell whether a text is the number of a page."""
    return value.isascii() and value.isdigit() and len(value) <= MAX_PAGE_DIGITS


def usable_value(field: Any, value: str) -> bool:
    """Tell whether a text spells a value that a column could have."""
    if not usable_text(value):
        return False
    try:
        field.run_validators(field.to_python(value))
    except (ValidationError, ValueError, TypeError, OverflowError):
        return False
    return True


def unusable_parameters(model_admin: Any, request: HttpRequest) -> list[str]:
    """List the parameters of a request that the list of an admin cannot use."""
    accepted = {**_of_every_list(model_admin, request), **declared(model_admin, request)}
    return [
        name
        for name, values in request.GET.lists()
        if not _usable(accepted.get(name), [str(value) for value in values])
    ]


def _usable(accepts: Accepts | None, values: list[str]) -> bool:
    return accepts is not None and len(values) <= MAX_VALUES and all(map(accepts, values))


def _of_every_list(model_admin: Any, request: HttpRequest) -> Mapping[str, Accepts]:
    return {
        ALL_VAR: usable_text,
        ERROR_FLAG: usable_text,
        IS_FACETS_VAR: usable_text,
        IS_POPUP_VAR: usable_text,
        PAGE_VAR: usable_number,
        SEARCH_VAR: usable_text,
        ORDER_VAR: lambda value: _is_order(model_admin, request, value),
        TO_FIELD_VAR: lambda value: model_admin.to_field_allowed(request, value),
    }


def _is_order(model_admin: Any, request: HttpRequest, value: str) -> bool:
    """Accept numbers of columns that the list may be sorted by, each once, such as `2.-1`."""
    columns = list(model_admin.get_list_display(request))
    if model_admin.get_actions(request):
        columns = ["action_checkbox", *columns]
    sortable = set(model_admin.get_sortable_by(request))
    numbers = [part.removeprefix("-") for part in value.split(".")] if value else []
    if len(set(numbers)) < len(numbers) or not all(map(usable_number, numbers)):
        return False
    chosen = [columns[int(number)] for number in numbers if int(number) < len(columns)]
    return len(chosen) == len(numbers) and sortable.issuperset(chosen)


def declared(model_admin: Any, request: HttpRequest) -> dict[str, Accepts]:
    """Give the parameters of the filters of a list, and what each accepts."""
    found: dict[str, Accepts] = {}
    for wanted in model_admin.get_list_filter(request):
        if isinstance(wanted, type) and issubclass(wanted, SimpleListFilter):
            if wanted.parameter_name:
                found[wanted.parameter_name] = getattr(wanted, "accepts", usable_text)
        else:
            found.update(_of_column(model_admin, request, wanted))
    if model_admin.date_hierarchy:
        found.update(_of_dates(model_admin.date_hierarchy))
    return found


def _of_column(
    model_admin: Any, request: HttpRequest, wanted: Any
) -> Iterator[tuple[str, Accepts]]:
    """Give what a filter on a column expects, which only the filter itself knows."""
    path, make = wanted if isinstance(wanted, tuple | list) else (wanted, FieldListFilter.create)
    model = model_admin.model
    if leads_to_secret(model, path):
        return
    field = get_fields_from_path(model, path)[-1]
    spec = make(field, request, {}, model, model_admin, field_path=path)
    for name in spec.expected_parameters():
        if name is not None:
            yield name, _accepts(field, name)


def _accepts(field: Any, name: str) -> Accepts:
    if name.endswith(("__isnull", "__isempty")) or isinstance(field, BooleanField):
        return lambda value: value.lower() in _YES_OR_NO
    target = field.target_field if field.is_relation else field
    if target.flatchoices:
        choices = {str(choice) for choice, _ in target.flatchoices}
        accepts: Accepts = choices.__contains__
    else:

        def accepts(value: str) -> bool:
            return usable_value(target, value)

    if name.endswith("__in"):
        return lambda value: _usable(accepts, value.split(_SEPARATOR))
    return accepts


def _of_dates(column: str) -> Iterator[tuple[str, Accepts]]:
    # The last year has no day after its last one.
    for part, low, high in (("year", 1, 9998), ("month", 1, 12), ("day", 1, 31)):
        yield f"{column}__{part}", _between(low, high)


def _between(low: int, high: int) -> Accepts:
    return lambda value: usable_number(value) and low <= int(value) <= high
