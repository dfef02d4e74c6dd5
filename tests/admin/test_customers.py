"""The page of a customer, links to it and from it, and the search that finds it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model, UUIDField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from enrollment_server.backoffice.customers import user_id_of
from enrollment_server.backoffice.rows import LIMIT
from enrollment_server.staff.models import SecondFactor
from inbox.models import InboxMessage
from operations.models import Operation
from powerauth.admin.framework.links import customer_address
from powerauth.admin.framework.tables import TableAdmin
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.models import (
    Activation,
    AuditRecord,
    CallbackEvent,
    CallbackType,
    SignatureAudit,
)
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.admin.office import staff
from tests.bank import Bank
from tests.push.accounts import every_provider
from tests.push.outbox import providers

VIEWS = {
    "Operations": "operations.view_operation",
    "Activations": "powerauth.view_activation",
    "Devices": "push.view_pushdevice",
    "Messages": "inbox.view_inboxmessage",
    "Push messages": "push.view_pushmessage",
}
ODD = (
    *("alice", "a/b/c", "/", "//", "..", ".", "a/../b", "./..", "_2F", "_2E", "%2F", "%", "?q=1"),
    *("#x", "a b", " ", "příliš žluťoučký", "日本", "😀", "a\nb", "a\tb", '"><script>', "'", "\\"),
    *("change", "x" * 255, "+", "&amp;", "\u202e", "\x7f", "a;b", "~", "@bank.example"),
)


def _message(user_id: str, **values: Any) -> InboxMessage:
    return InboxMessage.objects.create(
        **{"user_id": user_id, "type": "text", "created_at": timezone.now(), **values}
    )


@pytest.fixture
def customer(bank: Bank, alice: Phone) -> str:
    """Alice, with a row of each kind; Bob has an operation of his own."""
    alice.register_push("token", platform="apns", environment="production")
    every_provider(bank.application.id)
    providers.write(application_ids=[bank.application.id])
    bank.operation("alice")
    _message("alice", subject="Your card")
    bank.operation("bob", data="A1*of bob")
    return "alice"


def test_the_page_has_everything_of_one_customer(chief: Client, customer: str, bank: Bank) -> None:
    answer = chief.get("/admin/customer/alice/")
    sections = answer.context["sections"]
    assert [section.title for section in sections] == list(VIEWS)
    assert [len(section.rows) for section in sections] == [1, 1, 1, 1, 1]
    text = answer.content.decode()
    for row in (*Operation.objects.filter(user_id="alice"), *Activation.objects.all()):
        assert str(row.pk) in text
    assert "Your card" in text
    assert str(Operation.objects.get(user_id="bob").pk) not in text
    for section in sections:
        listed = chief.get(section.address).context["cl"]
        assert {row.user_id for row in listed.result_list} == {"alice"}, section.title


@pytest.mark.parametrize("title", VIEWS)
def test_each_section_needs_its_right(customer: str, title: str) -> None:
    answer = staff("clerk", VIEWS[title]).get("/admin/customer/alice/")
    assert [section.title for section in answer.context["sections"]] == [title]


def test_the_page_needs_a_right(customer: str, client: Client) -> None:
    answer = staff("clerk", "powerauth.view_callback").get("/admin/customer/alice/")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert client.get("/admin/customer/alice/").status_code == HTTPStatus.FOUND


def test_nobody_learns_of_a_customer_by_rows_they_may_not_see(customer: str, bank: Bank) -> None:
    clerk = staff("clerk", "inbox.view_inboxmessage")
    assert clerk.get("/admin/customer/bob/").status_code == HTTPStatus.NOT_FOUND
    assert clerk.get("/admin/find/?q=bob").status_code == HTTPStatus.OK


@pytest.mark.parametrize("user_id", ODD)
def test_any_identifier_has_a_page(chief: Client, bank: Bank, user_id: str) -> None:
    bank.operation(user_id)
    address = customer_address(user_id)
    # A browser resolves these before it asks.
    segments = unquote(urlsplit(address).path).split("/")
    assert not {".", ".."}.intersection(segments) and "" not in segments[1:-1]
    answer = chief.get(address)
    assert answer.status_code == HTTPStatus.OK
    assert len(answer.context["sections"][0].rows) == 1
    assert "<script>" not in answer.content.decode().split("</head>")[1].split("<h1")[1][:500]
    page = reverse("admin:operations_operation_change", args=[Operation.objects.get().pk])
    assert escape(address) in chief.get(page).content.decode()
    assert chief.get("/admin/find/", {"q": user_id}).status_code in (200, 302)


@pytest.mark.parametrize(
    "path",
    ["nobody", "a%00b", "%00", "x" * 256, "%FF%FE", "a_00b", "..%2F..", "%ED%A0%80", "a%0Ab"],
)
def test_an_unknown_customer_is_not_there(chief: Client, customer: str, path: str) -> None:
    answer = chief.get(f"/admin/customer/{path}/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("typed", ["alice", "a/b", "a.b@bank.example", "x y"])
def test_an_address_may_be_typed_as_it_is(typed: str) -> None:
    assert user_id_of(typed) == typed


def test_the_page_is_bounded(
    chief: Client,
    customer: str,
    bank: Bank,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with CaptureQueriesContext(connection) as few:
        chief.get("/admin/customer/alice/")
    for number in range(LIMIT + 3):
        bank.operation("alice")
        _message("alice", subject=f"Message {number}")
    with django_assert_num_queries(len(few)):
        answer = chief.get("/admin/customer/alice/")
    operations, activations, _devices, messages, _pushed = answer.context["sections"]
    assert len(operations.rows) == len(messages.rows) == LIMIT
    assert operations.more and messages.more and not activations.more
    assert len(chief.get(messages.address).context["cl"].result_list) == LIMIT + 4


def _links(client: Client, address: str) -> str:
    text = client.get(address).content.decode()
    return text.split('id="main"')[1]


def test_identifiers_lead_to_what_they_name(chief: Client, customer: str, alice: Phone) -> None:
    activation = f"/admin/powerauth/activation/{alice.activation_id}/change/"
    operation = Operation.objects.get(user_id="alice")
    Operation.objects.filter(pk=operation.pk).update(activation_id=alice.activation_id)
    application = f"/admin/powerauth/application/{Activation.objects.get().application_id}/"
    device, message = PushDevice.objects.get(), InboxMessage.objects.get()
    signature = SignatureAudit.objects.all()[0]
    expected = {
        f"/admin/operations/operation/{operation.pk}/change/": {activation},
        "/admin/operations/operation/": set(),
        activation: {application},
        "/admin/powerauth/activation/": {application},
        f"/admin/push/pushdevice/{device.pk}/change/": {activation, application},
        "/admin/push/pushdevice/": {activation, application},
        f"/admin/inbox/inboxmessage/{message.pk}/change/": set(),
        "/admin/inbox/inboxmessage/": set(),
        f"/admin/powerauth/signatureaudit/{signature.pk}/change/": {activation, application},
        "/admin/powerauth/signatureaudit/": {activation},
    }
    for address, wanted in expected.items():
        links = _links(chief, address)
        for target in (*wanted, "/admin/customer/alice/"):
            assert f'href="{target}' in links, (address, target)


def test_signatures_of_an_operation_lead_to_their_activation(
    chief: Client, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    alice.approve(alice.operation(str(operation.pk)), pin="1234")
    page = f"/admin/operations/operation/{operation.pk}/change/"
    activation = f"/admin/powerauth/activation/{alice.activation_id}/change/"
    assert f'href="{activation}"' in _links(chief, page)
    clerk = staff("clerk", "operations.view_operation")
    assert activation not in _links(clerk, page) and alice.activation_id in _links(clerk, page)


def test_the_audit_leads_to_objects_that_have_a_page(chief: Client, bank: Bank) -> None:
    operation = bank.operation("alice")
    chief.post(
        f"/admin/operations/operation/{operation.pk}/cancel/",
        {"reason": "X", "confirmed": "yes"},
    )
    record = AuditRecord.objects.get(object_id=str(operation.pk))
    target = f'href="/admin/operations/operation/{operation.pk}/change/"'
    lone = staff("auditor", "powerauth.view_auditrecord")
    for address in ("", f"{record.pk}/change/"):
        page = f"/admin/powerauth/auditrecord/{address}"
        assert target in _links(chief, page)
        assert target not in _links(lone, page) and str(operation.pk) in _links(lone, page)


@pytest.mark.parametrize("seen", list(VIEWS.values()))
@pytest.mark.parametrize(
    "target", ["/admin/powerauth/activation/", "/admin/customer/", "/admin/operations/"]
)
def test_nothing_leads_where_one_may_not_go(customer: str, seen: str, target: str) -> None:
    app, codename = seen.split(".")
    model = codename.removeprefix("view_")
    client = staff("clerk", seen)
    address = f"/admin/{app}/{model}/"
    links = _links(client, address)
    allowed = target == "/admin/customer/" or address.startswith(target)
    assert (target in links) == allowed


@pytest.mark.parametrize(
    "table", ["operations/operation", "powerauth/activation", "push/pushdevice"]
)
def test_links_cost_no_statements(chief: Client, customer: str, bank: Bank, table: str) -> None:
    with CaptureQueriesContext(connection) as few:
        chief.get(f"/admin/{table}/")
    for number in range(3):
        bank.operation("alice")
        phone = bank.phone(f"user-{number}")
        phone.register_push(f"token-{number}", platform="fcm")
    with CaptureQueriesContext(connection) as many:
        chief.get(f"/admin/{table}/")
    assert len(many) == len(few)


def test_related_rows_are_links_for_those_who_may_see_them(chief: Client, bank: Bank) -> None:
    configuration = Configuration(
        name="core", type=CallbackType.OPERATION_STATUS_CHANGE, url="https://core.bank.example/"
    )
    at = timezone.now()
    callback = callbacks.create(bank.application.id, configuration, at=at).callback
    operation = bank.operation("alice")
    event = CallbackEvent.objects.create(
        callback=callback,
        payload={"operationId": str(operation.pk)},
        next_attempt_at=at,
        created_at=at,
    )
    lone = staff("clerk", "powerauth.view_callbackevent")
    for address in ("", f"{event.pk}/change/"):
        page = f"/admin/powerauth/callbackevent/{address}"
        for target in (f"powerauth/callback/{callback.pk}", f"operations/operation/{operation.pk}"):
            assert f'href="/admin/{target}/change/"' in _links(chief, page)
            assert f'href="/admin/{target}/change/"' not in _links(lone, page)
        assert "core" in _links(lone, page) and str(operation.pk) in _links(lone, page)


def test_the_search_goes_to_a_customer(chief: Client, customer: str) -> None:
    answer = chief.get("/admin/find/", {"q": " alice "})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == "/admin/customer/alice/"


def test_the_search_finds_by_identifiers_across_lists(
    chief: Client, customer: str, alice: Phone
) -> None:
    answer = chief.get("/admin/find/", {"q": alice.activation_id})
    found = {section.title for section in answer.context["sections"]}
    assert found == {"Activations", "Devices", "Signature audit"}
    assert 'href="/admin/customer/alice/"' in answer.content.decode()
    operation = Operation.objects.get(user_id="bob")
    answer = chief.get("/admin/find/", {"q": str(operation.pk).upper()})
    assert [section.title for section in answer.context["sections"]] == ["Operations"]


def test_the_search_finds_what_one_may_see(customer: str, alice: Phone) -> None:
    clerk = staff("clerk", "push.view_pushdevice")
    answer = clerk.get("/admin/find/", {"q": alice.activation_id})
    assert [section.title for section in answer.context["sections"]] == ["Devices"]
    assert "/admin/powerauth/" not in _links(clerk, f"/admin/find/?q={alice.activation_id}")
    assert staff("nobody").get("/admin/find/?q=alice").context["sections"] == []


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "a\0", "x" * 10_000, "%", "'", "(", "😀", "\ud7ff"]
)
def test_the_search_takes_any_text(chief: Client, customer: str, text: str) -> None:
    answer = chief.get("/admin/find/", {"q": text})
    assert answer.status_code == HTTPStatus.OK
    assert answer.context["sections"] == []


ROWS = 20_000


def _fill(model: type[Model], **values: str) -> None:
    """Copy a row of a table many times, for many users; `values` are SQL of other columns."""
    table = model._meta.db_table
    sql = {
        "user_id": "'user-' || (number % 2000)",
        "created_at": "now() - number * interval '1 second'",
        **({"id": "gen_random_uuid()"} if isinstance(model._meta.pk, UUIDField) else {}),
        **values,
    }
    by_uuid = isinstance(model._meta.pk, UUIDField)
    columns = [
        str(field.column)
        for field in model._meta.concrete_fields
        if by_uuid or not field.primary_key
    ]
    copied = ", ".join(sql.get(name, f"one.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} "  # noqa: S608
            f"FROM generate_series(1, {ROWS}) number, (SELECT * FROM {table} LIMIT 1) one"
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.mark.postgresql
def test_the_search_reads_no_whole_table(chief: Client, customer: str, alice: Phone) -> None:
    _fill(Operation)
    _fill(Activation, activation_code="'c' || number")
    _fill(PushDevice, activation_id="gen_random_uuid()::text")
    _fill(InboxMessage)
    _fill(SignatureAudit, activation_id="gen_random_uuid()")
    with CaptureQueriesContext(connection) as asked:
        for text in (alice.activation_id, "user-7", "nobody", "alice"):
            chief.get("/admin/find/", {"q": text}, follow=True)
    found = 0
    large = [model._meta.db_table for model in (Operation, Activation, PushDevice, InboxMessage)]
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if any(f'FROM "{table}"' in query["sql"] for table in large):
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                (plan,) = cursor.fetchone()[0]
                assert _rows_read(plan["Plan"]) < 1000, query["sql"]
                found += 1
    assert found > 20


def _rows_read(plan: dict[str, Any]) -> int:
    """Count the rows that a plan has looked at, also those that it threw away."""
    here = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return int(max([here, *(_rows_read(part) for part in plan.get("Plans", ()))]))


def _identifiers(model_admin: Any) -> set[str]:
    """Give what the columns that a list searches hold, of a row of each."""
    paths = (*model_admin.exact_texts, *model_admin.exact_ids)
    rows = model_admin.model._default_manager.values_list(*paths)[:1] if paths else ()
    return {str(value) for row in rows for value in row if value}


def test_the_search_finds_whatever_a_list_finds(chief: Client, full_bank: str) -> None:
    SecondFactor.objects.create(
        user=User.objects.get(), secret=b"x", last_step=1, created_at=timezone.now()
    )
    tables = [one for one in admin.site._registry.values() if isinstance(one, TableAdmin)]
    searched = 0
    for model_admin in tables:
        for text in _identifiers(model_admin):
            answer = chief.get("/admin/find/", {"q": text})
            searched += 1
            if answer.status_code == HTTPStatus.FOUND:
                assert answer["Location"].startswith("/admin/customer/"), text
                continue
            found = [section.title for section in answer.context["sections"]]
            assert str(model_admin.opts.verbose_name_plural).capitalize() in found, text
            for section in answer.context["sections"]:
                assert chief.get(section.address).context["cl"].result_count >= 1, section.title
    assert searched > 20
