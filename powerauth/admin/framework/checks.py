"""System checks of the admins: nothing gets into the back office that is not guarded."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core import checks

from powerauth.admin.framework.guarded import GuardedAdmin, SecretKeeping
from powerauth.models.secrecy import leads_to_secret


def check_admins(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give an error for each registered admin that could show more than it should."""
    found: list[checks.CheckMessage] = []
    for model_admin in admin.site._registry.values():
        found += _errors(model_admin)
    return found


def _errors(model_admin: Any) -> Iterator[checks.CheckMessage]:
    if not isinstance(model_admin, GuardedAdmin):
        yield _error("E100", model_admin, "is not made of GuardedAdmin: its list takes any lookup")
    for path in sorted(set(_named(model_admin))):
        if leads_to_secret(model_admin.model, path):
            yield _error("E101", model_admin, f"names {path}, which is a secret column")
    if model_admin.list_editable:
        yield _error("E102", model_admin, "has list_editable: a list is to look at only")
    for inline in model_admin.inlines:
        if not issubclass(inline, SecretKeeping):
            yield _error("E100", inline, "is not made of SecretKeeping: its rows show anything")
        for path in sorted(set(_columns(inline))):
            if leads_to_secret(inline.model, path):
                yield _error("E101", inline, f"names {path}, which is a secret column")


def _error(identifier: str, what: object, problem: str) -> checks.Error:
    name = what.__name__ if isinstance(what, type) else type(what).__name__
    return checks.Error(f"{name} {problem}.", id=f"enrollment_server.{identifier}")


def _named(model_admin: Any) -> Iterator[str]:
    """Give all paths that an admin names, in whatever option."""
    yield from _columns(model_admin)
    options = ("list_display", "list_display_links", "search_fields", "sortable_by", "ordering")
    ours = ("exact_texts", "exact_ids", "list_filter", "autocomplete_fields", "raw_id_fields")
    for option in (*options, *ours):
        for item in getattr(model_admin, option, None) or ():
            path = item[0] if isinstance(item, tuple | list) else item
            shown = getattr(model_admin, path, path) if isinstance(path, str) else path
            # A column that is computed may be sorted by another one.
            for named in (path, getattr(shown, "admin_order_field", None)):
                if isinstance(named, str):
                    yield named
    if model_admin.date_hierarchy:
        yield model_admin.date_hierarchy


def _columns(options: Any) -> Iterator[str]:
    """Give the columns on the page of a row."""
    named = [*flatten(options.fields or ()), *options.readonly_fields]
    if options.fieldsets:
        named += flatten_fieldsets(options.fieldsets)
    yield from (name for name in named if isinstance(name, str))
