"""Compiled queries say what the ORM says today, and give what it gives."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

import enrollment_server.urls
import operations.decisions.selection as selection
from enrollment_server.database.compiled import COMPILED, Compiled, NotCompilable
from inbox import selection as inbox_selection
from inbox import services as inbox_services
from inbox.models import InboxMessage
from operations.decisions import at_once, decisions, listing
from operations.models import FormTemplate, Operation
from operations.templates import blueprints, form_selection
from powerauth.engine.activations import activations
from powerauth.engine.applications import (
    application_config,
    applications,
    integrations,
    master_keys,
)
from powerauth.engine.audit import chains
from powerauth.engine.encryption import recipient_keys
from powerauth.engine.paging import Page
from powerauth.engine.signatures import signing_parties, tokens
from powerauth.models import Activation, ActivationState, Application, TemporaryKey
from powerauth.phone.phone import Phone
from tests.bank import Bank
from tests.factories import FormTemplateFactory

SAMPLES: dict[type, Callable[[int], Any]] = {
    str: lambda number: f"o'text % {number}",
    uuid.UUID: lambda number: uuid.UUID(int=number + 7),
    datetime: lambda number: datetime(2026, 5, number + 1, 12, 30, 15, 123456, tzinfo=UTC),
}
assert enrollment_server.urls.urlpatterns  # whatever has a compiled query is imported by now


def composed(text: str, values: Any) -> str:
    """Write a statement with its values in it."""
    if connection.vendor == "postgresql":
        written: str = connection.ops.compose_sql(text, values)  # type: ignore[attr-defined]
        return written
    return text % tuple(
        str.__repr__(value) if isinstance(value, str) else value for value in values
    )


def by_orm(query: Compiled[Any], values: dict[str, Any]) -> str:
    rows = query.build(**values)
    return composed(*rows.query.get_compiler(connection=connection).as_sql())


def by_plan(query: Compiled[Any], values: dict[str, Any]) -> str:
    plan = query.plan()
    return composed(plan.text, [adapt(values[name]) for name, adapt in plan.order])


def on_this_database(query: Compiled[Any]) -> bool:
    """Tell whether the database in use runs a query: only PostgreSQL has versions of rows."""
    return connection.vendor == "postgresql" or query not in (at_once._FIND, signing_parties._SEE)


LISTED_BY = ("user_id", "application_0", "application_1", "activation_id", "flag_0", "flag_1")


@pytest.mark.main_path
def test_every_statement_is_what_the_orm_says(db: None) -> None:
    selection._pending(100, "en", 2)
    selection._history(100, "en", 2)
    selection._one("en")
    blueprints._query(2)
    form_selection._query(4, "en")
    listing._listed(Page(number=1, size=20), True, frozenset(LISTED_BY))
    for only_unread in (False, True):
        inbox_selection._first_page(20, only_unread)
    for query in [query for query in COMPILED if on_this_database(query)]:
        values = {
            name: SAMPLES[kind](number) for number, (name, kind) in enumerate(query.kinds.items())
        }
        assert by_plan(query, values) == by_orm(query, values)
    assert len(COMPILED) >= 20


def same(query: Compiled[Any], **values: Any) -> list[Any]:
    """Check that a query gives the instances, or the tuples, that the ORM gives."""
    made, expected = query.all(**values), list(query.build(**values))
    assert made
    assert list(map(contents, made)) == list(map(contents, expected))
    return made


def contents(row: Any) -> Any:
    if not isinstance(row, models.Model):
        return row
    related = {
        name: contents(value)
        for name, value in row._state.fields_cache.items()
        if isinstance(value, models.Model)
    }
    state = (row._state.db, row._state.adding)
    return {**row.__dict__, "_state": state, "related": related}


@pytest.mark.main_path
def test_rows_are_what_the_orm_gives(bank: Bank, alice: Phone) -> None:
    FormTemplateFactory.create()
    operation = bank.operation("alice")
    key = bank.application.versions.get().application_key
    activation_id = uuid.UUID(alice.activation_id)
    token_id = uuid.UUID(alice.create_token().token_id)
    same(tokens._FIND, id=token_id)
    same(signing_parties._LOCK, id=activation_id, application_key=key)
    same(decisions._LOCK, id=operation.pk)
    if connection.vendor == "postgresql":
        same(signing_parties._SEE, id=activation_id, application_key=key)
        same(at_once._FIND, id=operation.pk)
    asked = {
        "user_id": "alice",
        "application_id": bank.application.id,
        "activation_id": alice.activation_id,
        "language": "en",
    }
    listed = same(selection._pending(100, "en", 0), **asked, at=timezone.now())
    assert [row.pk for row in listed] == [operation.pk]
    same(selection._history(100, "en", 0), **asked)
    for application_id, known in ((bank.application.id, True), ("another", False)):
        found = {"id": operation.pk, "application_id": application_id, "language": "cs"}
        (row,) = same(selection._one("en"), **found)
        assert row.in_application is known


@pytest.mark.main_path
def test_rows_of_encrypted_requests(bank: Bank, alice: Phone) -> None:
    version = bank.application.versions.get()
    activation_id = uuid.UUID(alice.activation_id)
    same(activations._FIND, id=activation_id)
    same(applications._SUPPORTED, application_key=version.application_key)
    names = {"algorithm": "ECDSA_P256", "former_name": "EC_P256"}
    same(master_keys._NEWEST, application_id=bank.application.id, **names)
    same(master_keys._ALL, application_id=bank.application.id)
    application_config.store(bank.application.id, "fido2_root_ca_certs", ["x"])
    configured = {"application_id": bank.application.id, "key": "fido2_root_ca_certs"}
    same(application_config._FIND, **configured)
    at = timezone.now()
    for of, query in (
        (None, recipient_keys._OF_APPLICATION),
        (activation_id, recipient_keys._OF_ACTIVATION),
    ):
        key = TemporaryKey.objects.create(
            application_key=version.application_key,
            activation_id=of,
            algorithm="EC_P256",
            private_key=b"record",
            expires_at=at + timedelta(microseconds=1),
        )
        values = {"id": key.pk, "application_key": key.application_key}
        named = values if of is None else {**values, "activation_id": of}
        same(query, **named, at=at)
        assert query.first(**named, at=key.expires_at) is None


@pytest.mark.main_path
def test_rows_of_back_ends(bank: Bank) -> None:
    FormTemplateFactory.create(language="cs", title='Platba "${amount}"')
    made = integrations.create("back end").integration
    same(integrations._FIND, client_token=made.client_token)
    same(listing._FIND, id=bank.operation("alice").pk)
    named = {"template_name": "payment", "application_0": bank.application.id, "user_id": "alice"}
    (blueprint,) = same(blueprints._query(1), **named)
    forms = FormTemplate.objects.filter(placeholder="payment").order_by("language")
    assert blueprints.texts(blueprint.forms) == [form.texts() for form in forms]
    assert blueprint.known_applications == 1
    with transaction.atomic():
        assert [head.pk for head in same(chains._FREE)] == [0]
        same(activations._LOCK, id=uuid.UUID(bank.phone("alice").activation_id))


@pytest.mark.main_path
def test_rows_of_the_inbox(bank: Bank) -> None:
    reader = {"user_id": "alice", "application_id": bank.application.id}
    assert same(inbox_selection._COUNT, **reader) == [(0,)]
    for number in range(12):
        inbox_services.create_message(
            user_id="alice",
            type="text",
            subject=f"Subject {number:02}",
            summary="A summary",
            body="The whole body",
            applications=[bank.application.id],
            at=timezone.now(),
        )
    InboxMessage.objects.filter(subject="Subject 11").update(read=True, read_at=timezone.now())
    assert same(inbox_selection._COUNT, **reader) == [(11,)]
    assert len(same(inbox_selection._first_page(10, False), **reader)) == 10
    (unread, *_) = same(inbox_selection._first_page(20, True), **reader)
    assert unread[2] == "Subject 10"


def test_what_was_not_read_is_fetched_when_it_is_needed(bank: Bank, alice: Phone) -> None:
    row = signing_parties.see(alice.activation_id, application_key="")
    assert "platform" not in row.__dict__
    assert row.platform == bank.activation(alice).platform
    row.name = "changed"
    row.save(update_fields=["name"])
    assert bank.activation(alice).name == "changed"


def test_a_row_without_its_relation(db: None) -> None:
    query: Compiled[Any] = Compiled(
        lambda state: InboxMessage.objects.filter(user_id=state), state=str
    )
    COMPILED.remove(query)
    assert query.first(state="nobody") is None


def test_values_lists_give_tuples(bank: Bank) -> None:
    query: Compiled[Any] = Compiled(
        lambda id: Application.objects.filter(pk=id).values_list("id", "roles"), id=str
    )
    COMPILED.remove(query)
    assert query.all(id=bank.application.id) == [(bank.application.id, bank.application.roles)]


def test_constants_stand_in_the_text(db: None) -> None:
    query: Compiled[Any] = Compiled(
        lambda id: Activation.objects.filter(pk=id, state=ActivationState.ACTIVE), id=uuid.UUID
    )
    COMPILED.remove(query)
    plan = query.plan()
    assert [name for name, _ in plan.order] == ["id"]
    assert '"state" = 3' in plan.text


def test_a_value_that_is_changed_on_its_way_is_no_placeholder(db: None) -> None:
    query: Compiled[Any] = Compiled(
        lambda name: Operation.objects.filter(data__startswith=name), name=str
    )
    COMPILED.remove(query)
    with pytest.raises(NotCompilable, match="name cannot be a placeholder"):
        query.plan()
