"""Every list and every page of a row, of every admin, against what an attacker puts into a URL."""

import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.contrib.auth.models import User
from django.db.models import Field
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from powerauth.admin.framework.parameters import MAX_VALUES, declared, unusable_parameters
from powerauth.models.secrecy import leads_to_secret, secret_columns
from powerauth.phone.phone import Phone
from tests.admin.office import notices, staff
from tests.bank import Bank

ACTIVATIONS = "/admin/powerauth/activation/"
LOOKUPS = [
    *("", "exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith"),
    *("regex", "iregex", "gt", "gte", "lt", "lte", "in", "range", "isnull", "year", "year__gt"),
    *("date", "hour", "length", "unaccent", "0", "secret"),
]
VALUES = [
    *("", "0", "-1", "(", "[", "\\", "%", "*", "'", '"', "x", "NaN", "null", "true", "{}", "1e999"),
    *("\0", "a\0b", "\ufffd", "\u0661", "\u00b2", "\ud7ff", "\U0001f600"),
    *("9" * 19, "9" * 40, "9" * 5000, "x" * 256, "x " * 2000, "0001-01-01", "9999-12-31T23:59:59"),
    *(str(uuid.UUID(int=0)), "00000000-0000-0000-0000-00000000000g", "2026-02-30", "1,2,\0,x"),
]
# For pages that are drawn: one of each kind.
FEW_VALUES = ["0", "-1", "(", "\0", "\u00b2", "9" * 40, "x" * 256, str(uuid.UUID(int=0)), "_00"]
WORST_VALUES = ["\0", "\u00b2", "9" * 40]
OWN = [SEARCH_VAR, ORDER_VAR, PAGE_VAR, "_to_field", "_popup", "_facets", "all", "e", "id", "pk"]
ADMINS = [pytest.param(one, id=model._meta.label) for model, one in admin.site._registry.items()]


def _paths(model: Any, *, deep: bool = True) -> Iterator[str]:
    """Give every column of a model, and of those that are related to it."""
    yield "pk"
    for field in model._meta.get_fields(include_hidden=True):
        yield field.name
        if isinstance(field, Field):
            yield field.attname
        if deep and field.related_model:
            yield from (f"{field.name}__{path}" for path in _paths(field.related_model, deep=False))


def _lookups(model: Any) -> Iterator[str]:
    for path in _paths(model):
        yield from (f"{path}__{lookup}" if lookup else path for lookup in LOOKUPS)


def _list(model_admin: Any) -> str:
    return reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")


def _request(**query: Any) -> HttpRequest:
    request = RequestFactory().get("/", query)
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    request._messages = _Messages()  # type: ignore[attr-defined]  # what the middleware would add
    return request


class _Messages(list[str]):
    def add(self, level: int, message: str, extra_tags: str) -> None:
        self.append(message)


@pytest.mark.django_db
@pytest.mark.parametrize("model_admin", ADMINS)
def test_only_declared_lookups_are_taken(model_admin: Any) -> None:
    request = _request()
    known = declared(model_admin, request)
    hostile = [lookup for lookup in _lookups(model_admin.model) if lookup not in known]
    assert len(hostile) > 100
    for lookup in hostile[::7]:
        assert not model_admin.lookup_allowed(lookup, "x", request), lookup
    for start in range(0, len(hostile), 900):
        some = dict.fromkeys(hostile[start : start + 900], "x")
        assert unusable_parameters(model_admin, _request(**some)) == list(some)
    for name in known:
        assert model_admin.lookup_allowed(name, "x", request)
        assert not leads_to_secret(model_admin.model, name), name


@pytest.mark.parametrize("model_admin", ADMINS)
def test_undeclared_lookups_are_ignored_with_a_message(
    chief: Client, full_bank: str, model_admin: Any
) -> None:
    known = declared(model_admin, _request())
    hostile = [name for name in _lookups(model_admin.model) if name not in known]
    rows = chief.get(_list(model_admin)).context["cl"].result_count
    for start in range(0, len(hostile), 900):
        query = dict.fromkeys(hostile[start : start + 900], "(")
        answer = chief.get(_list(model_admin), query)
        assert answer.status_code == 200
        changelist = answer.context["cl"]
        assert not changelist.queryset.query.where.children
        assert changelist.result_count == rows
        assert b"These filters cannot be used and were ignored: " in answer.content


@pytest.mark.parametrize("model_admin", ADMINS)
def test_no_value_breaks_a_list(chief: Client, full_bank: str, model_admin: Any) -> None:
    names = [*declared(model_admin, _request()), *OWN]
    for value in VALUES:
        unusable = unusable_parameters(model_admin, _request(**dict.fromkeys(names, value)))
        for name in set(names) - set(unusable):
            changelist = model_admin.get_changelist_instance(_request(**{name: value}))
            list(changelist.result_list)
    for value in FEW_VALUES:
        answer = chief.get(_list(model_admin), dict.fromkeys(names, value))
        assert answer.status_code == 200, value
    many = dict.fromkeys(names, ["1"] * (MAX_VALUES + 1))
    assert chief.get(_list(model_admin), many).status_code == 200


@pytest.mark.parametrize("model_admin", ADMINS)
def test_no_selection_breaks_a_list(chief: Client, full_bank: str, model_admin: Any) -> None:
    for action in [*(getattr(model_admin, "actions", ()) or ())[:2], "delete_selected", "\0"]:
        posted = {"action": action, "_selected_action": VALUES, "confirmed": "yes", "post": "yes"}
        for more in ({}, {"index": "0"}, {"select_across": "1", "index": "9" * 30}):
            answer = chief.post(_list(model_admin), {**posted, **more})
            assert answer.status_code in (200, 302, 403), (action, more)
    model_admin.model._default_manager.first()  # the transaction of the test is unharmed


def _row_pages(model_admin: Any) -> Iterator[str]:
    """Give the name of every page that the URL of a row leads to."""
    for pattern in model_admin.urls:
        if isinstance(pattern, URLPattern) and pattern.pattern.converters and pattern.name:
            yield pattern.name


@pytest.mark.parametrize("model_admin", ADMINS)
def test_no_identifier_breaks_a_page(chief: Client, full_bank: str, model_admin: Any) -> None:
    names = list(_row_pages(model_admin))
    assert len(names) >= 3
    for name in names:
        for value in FEW_VALUES:
            address = reverse(f"admin:{name}", args=["MARK"]).replace("MARK", quote(value, safe=""))
            assert chief.get(address).status_code in (302, 403, 404, 405), (name, value)
            if value in WORST_VALUES:
                assert chief.post(address).status_code in (302, 403, 404, 405), (name, value)
        some = model_admin.model._default_manager.first()
        address = reverse(f"admin:{name}", args=[some.pk if some else "1"])
        odd = {"history-page": "\u00b2", "_to_field": "id", "_changelist_filters": "\0", "p": "x"}
        assert chief.get(address, odd).status_code in (200, 302, 400, 403), name


@pytest.mark.parametrize("model_admin", ADMINS)
def test_links_fill_no_form_in(chief: Client, full_bank: str, model_admin: Any) -> None:
    columns = [field.name for field in model_admin.opts.get_fields() if field.name]
    address = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_add")
    query = dict.fromkeys([*columns, "history-page"], "put-into-your-mouth\0")
    answer = chief.get(address, query)
    assert answer.status_code in (200, 403)
    assert b'value="put-into-your-mouth' not in answer.content


@pytest.mark.parametrize("model_admin", ADMINS)
def test_no_posted_value_breaks_a_form(chief: Client, full_bank: str, model_admin: Any) -> None:
    names = list(_row_pages(model_admin))
    some = model_admin.model._default_manager.first()
    pages = [reverse(f"admin:{name}", args=[some.pk]) for name in names] if some else []
    name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_add"
    for address in [reverse(name), *pages]:
        answer = chief.get(address)
        if answer.status_code != 200 or address.endswith(("/delete/", "/remove/")):
            continue
        fields = set(re.findall(r'name="([^"]+)"', answer.content.decode()))
        for value in WORST_VALUES:
            posted = {**dict.fromkeys(fields, value), "confirmed": "yes"}
            assert chief.post(address, posted).status_code < 500, (address, value)


@pytest.mark.parametrize("value", FEW_VALUES)
def test_pages_without_a_table_take_any_value(chief: Client, full_bank: str, value: str) -> None:
    for model, model_admin in admin.site._registry.items():
        for field in model._meta.fields:
            if not field.related_model:
                continue
            asked: dict[str, str] = {
                "app_label": model_admin.opts.app_label,
                "model_name": str(model_admin.opts.model_name),
                "field_name": field.name,
                "term": value,
            }
            answer = chief.get(reverse("admin:autocomplete"), asked)
            assert answer.status_code in (200, 403, 404)
            chief.get(reverse("admin:autocomplete"), {**asked, "page": value})
    for searched in ({"s": value}, {"s": "a", "page": value}, {"s": value, "extended": "1"}):
        assert chief.get(reverse("admin:search"), searched).status_code == 200
    for address in ("/admin/r/1/{}/", "/admin/r/{}/1/", "/admin/{}/"):
        assert chief.get(address.format(quote(value, safe="") or "x")).status_code == 404


def _other_pages(patterns: Any, prefix: str = "") -> Iterator[str]:
    """Give the route of every page below `admin/` that belongs to no table."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route.removeprefix("admin/").rstrip("/") not in _tables():
                yield from _other_pages(pattern.url_patterns, route)
        elif route.startswith("admin/") and isinstance(pattern.pattern, RoutePattern):
            yield route


def _tables() -> Iterator[str]:
    for model in admin.site._registry:
        yield f"{model._meta.app_label}/{model._meta.model_name}"


@pytest.mark.parametrize("value", FEW_VALUES)
def test_no_other_page_is_broken_by_a_value(chief: Client, full_bank: str, value: str) -> None:
    routes = [route for route in _other_pages(get_resolver().url_patterns) if "logout" not in route]
    assert {"admin/", "admin/autocomplete/", "admin/customer/<path:quoted>/"} <= set(routes)
    names = ("q", "s", "p", "page", "next", "term", "code", "state", "error", "extended")
    for route in routes:
        address = "/" + re.sub("<.*?>", quote(value, safe=""), route)
        for asked in ({}, dict.fromkeys(names, value)):
            answer = chief.get(address, asked)
            assert answer.status_code < 500, (address, asked)


def test_a_filter_says_nothing_about_a_secret(bank: Bank, alice: Phone) -> None:
    """The attack: two guesses of an activation code, of which one is right, answer the same."""
    client = staff("some", "powerauth.view_activation")
    activation = bank.activation(alice)
    guesses = [activation.activation_code[:3], "~~~"]
    for column in secret_columns(type(activation)):
        for lookup in ("startswith", "regex"):
            answers = [
                client.get(ACTIVATIONS, {"id": str(activation.pk), f"{column}__{lookup}": guess})
                for guess in guesses
            ]
            counts = [answer.context["cl"].result_count for answer in answers]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert counts == [1, 1], (column, lookup)
    assert len(secret_columns(type(activation))) >= 5


def test_nothing_happens_to_rows_of_a_list_that_was_asked_for_otherwise(
    chief: Client, bank: Bank, alice: Phone
) -> None:
    values = {"action": "remove", "_selected_action": alice.activation_id, "confirmed": "yes"}
    answer = chief.post(f"{ACTIVATIONS}?created_at__year=0&q=alice", values)
    assert answer["Location"] == f"{ACTIVATIONS}?q=alice"
    assert notices(answer) == ["These filters cannot be used and were ignored: created_at__year."]
    assert bank.activation(alice).get_state_display() == "active"


def test_choosing_all_rows_is_not_offered_and_not_taken(
    chief: Client, bank: Bank, alice: Phone, bob: Phone
) -> None:
    values = {
        "action": "block",
        "_selected_action": alice.activation_id,
        "select_across": "1",
        "confirmed": "yes",
    }
    chief.post(ACTIVATIONS, values)
    states = [bank.activation(phone).get_state_display() for phone in (alice, bob)]
    assert states == ["blocked", "active"]


@pytest.mark.parametrize(
    ("order", "told"),
    [("7", False), ("-7", False), ("2", True), ("7.7", True), ("0", True), ("99", True)],
)
def test_lists_are_sorted_by_what_has_an_index(
    chief: Client, bank: Bank, order: str, told: bool
) -> None:
    answer = chief.get(ACTIVATIONS, {"o": order})
    assert (b"cannot be used and were ignored: o." in answer.content) == told


def test_a_page_that_is_not_there_keeps_the_filters(
    chief: Client, alice: Phone, bob: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("powerauth.admin.framework.tables.TableAdmin.list_per_page", 1)
    answer = chief.get(ACTIVATIONS, {"p": "7", "state__exact": "3"})
    assert answer.status_code == 200
    assert answer.context["cl"].get_query_string() == "?state__exact=3"
    assert b"were ignored: p." in answer.content
