"""A few rows of a table, as a page shows them that is not the list of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field, quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from powerauth.admin.framework import links
from powerauth.admin.framework.links import LinkingAdmin

if TYPE_CHECKING:

    def display_for_label(value: object, empty: str, label: object) -> str:
        """Draw a coloured label as lists do."""

else:
    from unfold.utils import display_for_label

LIMIT = 10  # rows of one table


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The first rows of a selection; `address` leads to all of them, where the list shows them."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]
    """Cells with the headings of their columns, which a narrow window shows beside them."""
    more: bool
    address: str


def excerpt(
    request: HttpRequest,
    model_admin: "admin.ModelAdmin[Any]",
    selection: "QuerySet[Any]",
    columns: Sequence[str],
    *,
    query: dict[str, str],
) -> Excerpt:
    """Draw the first rows of a selection, in the order of the list.

    Args:
        columns: names as in `list_display`; the first one leads to the page of its row.
        query: what the list is asked for, to show the same selection.
    """
    found = list(selection.order_by(*model_admin.get_ordering(request))[: LIMIT + 1])
    options = model_admin.opts
    headings = [_heading(model_admin, name) for name in columns]
    return Excerpt(
        title=capfirst(str(options.verbose_name_plural)),
        headings=headings,
        rows=[
            list(zip(headings, _cells(request, model_admin, columns, row), strict=True))
            for row in found[:LIMIT]
        ],
        more=len(found) > LIMIT,
        address=reverse(f"admin:{options.app_label}_{options.model_name}_changelist", query=query),
    )


def _heading(model_admin: "admin.ModelAdmin[Any]", name: str) -> str:
    if isinstance(model_admin, LinkingAdmin) and name in model_admin.linked:
        return model_admin.heading(name)
    label: Any = label_for_field(name, model_admin.model, model_admin)
    return capfirst(str(label))


def _cells(
    request: HttpRequest, model_admin: "admin.ModelAdmin[Any]", columns: Sequence[str], row: Any
) -> list[str]:
    options = model_admin.opts
    name = f"admin:{options.app_label}_{options.model_name}_change"
    page = reverse(name, args=[quote(str(row.pk))])
    first, *others = columns
    return [
        links.link(page, _cell(model_admin, first, row)),
        *(_linked_cell(request, model_admin, column, row) for column in others),
    ]


def _linked_cell(
    request: HttpRequest, model_admin: "admin.ModelAdmin[Any]", column: str, row: Any
) -> str:
    linked = getattr(model_admin, "linked", {})
    return linked[column](request, row) if column in linked else _cell(model_admin, column, row)


def _cell(model_admin: "admin.ModelAdmin[Any]", column: str, row: Any) -> str:
    field, drawn, value = lookup_field(column, row, model_admin)
    if field is not None:
        return str(display_for_field(value, field, "-")) or "-"
    if label := getattr(drawn, "label", None):
        return display_for_label(value, "-", label)
    return format_html("{}", value)
