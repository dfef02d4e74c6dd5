"""Identifiers as links, for those who may see where they lead.

A column that an admin names in `linked` is drawn for the person who looks at the page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from powerauth.engine.audit import audited
from powerauth.engine.audit.audited import Kind

ACTIVATION = "powerauth.activation"
APPLICATION = "powerauth.application"
CALLBACK = "powerauth.callback"
OPERATION = "operations.operation"
DEVICE = "push.pushdevice"
MESSAGE = "inbox.inboxmessage"
PUSH_MESSAGE = "push.pushmessage"
# What the page of a customer shows, each to those who may see it.
OF_CUSTOMERS = (OPERATION, ACTIVATION, DEVICE, MESSAGE, PUSH_MESSAGE)

Shown = Callable[[HttpRequest, Any], str]

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


def may_view(request: HttpRequest, label: str) -> bool:
    """Tell whether somebody may see the rows of a model such as `powerauth.activation`."""
    model_admin = admin.site._registry.get(apps.get_model(label))
    return model_admin is not None and model_admin.has_view_permission(request)


def link(address: str, text: object) -> str:
    """Write a link."""
    return format_html('<a class="backoffice-link" href="{}">{}</a>', address, text)


def row_link(request: HttpRequest, label: str, key: object, text: object = None) -> str:
    """Write the key of a row as a link to its page, if that may be seen.

    Args:
        text: what the page shows instead of the key.
    """
    shown = str(key if text is None else text)
    if not shown or not may_view(request, label):
        return shown or "-"
    app, name = label.split(".")
    return link(reverse(f"admin:{app}_{name}_change", args=[quote(str(key))]), shown)


def customer_address(user_id: str) -> str:
    """Give the address of the page of a customer, whatever characters the identifier has."""
    quoted: str = quote(user_id)
    # A browser would take these for the folder itself, and the one above.
    if quoted in {".", ".."}:
        quoted = quoted.replace(".", "_2E")
    return reverse("customer", args=[quoted])


def customer_link(request: HttpRequest, user_id: str) -> str:
    """Write the identifier of a user as a link to the page of the customer, if it may be seen."""
    if not user_id or not any(may_view(request, label) for label in OF_CUSTOMERS):
        return user_id or "-"
    return link(customer_address(user_id), user_id)


def object_link(request: HttpRequest, kind_name: str, object_id: str) -> str:
    """Write how the audit log names an object as a link, if the object has a page."""
    try:
        kind = audited.kind_named(kind_name)
    except KeyError:
        return object_id or "-"
    if not isinstance(kind, Kind) or not object_id or kind.model not in admin.site._registry:
        return object_id or "-"
    if kind.key in {("pk",), (kind.model._meta.pk.name,)}:
        return row_link(request, kind.model._meta.label_lower, object_id)
    return object_id


def to_customer(column: str) -> Shown:
    """Show a column with the identifier of a user as a link."""
    return lambda request, row: customer_link(request, getattr(row, column))


def to_row(label: str, column: str) -> Shown:
    """Show a column with the key of a row of another model as a link."""
    return lambda request, row: row_link(request, label, getattr(row, column))


def to_related(relation: str) -> Shown:
    """Show the row that another one refers to as a link."""

    def show(request: HttpRequest, row: Any) -> str:
        related = getattr(row, relation)
        if related is None:
            return "-"
        return row_link(request, related._meta.label_lower, related.pk, related)

    return show


class LinkingAdmin(_Base):
    """An admin that shows some columns as links; `linked` says how, by their names."""

    linked: ClassVar[Mapping[str, Shown]] = {}

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._drawn(request, super().get_list_display(request), self.linked)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = self._on_page()
        return [
            (title, {**options, "fields": self._drawn(request, options["fields"], shown)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self._drawn(request, super().get_readonly_fields(request, obj), self._on_page())

    def _on_page(self) -> Mapping[str, Shown]:
        """Add the rows that a row refers to: Django would link them for everybody."""
        relations = {
            field.name: to_related(field.name)
            for field in self.opts.concrete_fields
            if isinstance(field, ForeignKey)
        }
        return {**relations, **self.linked}

    def _drawn(
        self, request: HttpRequest, names: Sequence[Any], shown: Mapping[str, Shown]
    ) -> list[Any]:
        return [
            self._column(request, name, shown[name])
            if isinstance(name, str) and name in shown
            else name
            for name in names
        ]

    def _column(self, request: HttpRequest, name: str, show: Shown) -> Callable[[Any], str]:
        @admin.display(description=self.heading(name))
        def column(row: Any) -> str:
            return show(request, row)

        column.__name__ = name
        return column

    def heading(self, name: str) -> str:
        """Give the title of a column that is shown as a link."""
        for described in (self.linked.get(name), getattr(type(self), name, None)):
            if title := getattr(described, "short_description", None):
                return capfirst(str(title))
        column: Any = self.opts.get_field(name)
        return capfirst(str(column.verbose_name))
