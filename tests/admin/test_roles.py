"""The roles out of the box, and the permissions that forms offer."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from enrollment_server.backoffice import permission_names, roles
from enrollment_server.backoffice.roles import ROLES
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callbacks import Configuration
from powerauth.models import Application, AuditRecord, CallbackType, CommitPhase
from tests.admin.office import client_of, pages, staff
from tests.bank import Bank

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
MEANINGLESS = [
    *("admin.view_logentry", "auth.view_permission", "auth.change_group", "auth.add_group"),
    *("contenttypes.view_contenttype", "sessions.view_session", "powerauth.view_token"),
    *("powerauth.add_activation", "powerauth.change_activation", "operations.change_operation"),
    *("powerauth.delete_callback", "powerauth.view_masterkeypair", "inbox.change_messageshown"),
]


def _member(name: str) -> Client:
    user = User.objects.create_user(f"some {name}", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return client_of(user)


def _codes(group: Group) -> set[str]:
    names = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in names}


@pytest.mark.django_db
def test_a_new_database_has_the_roles() -> None:
    groups = {group.name: _codes(group) for group in Group.objects.all()}
    assert groups == {role.name: set(role.permissions) for role in ROLES}
    assert list(groups) == [
        *("Clerk", "Activation approver", "Template editor", "Auditor", "Administrator")
    ]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_has_permissions_that_mean_something(role: roles.Role) -> None:
    assert len(set(role.permissions)) == len(role.permissions)
    assert set(role.permissions) <= permission_names.meaningful()


@pytest.mark.django_db
def test_what_a_bank_has_made_of_the_roles_stays() -> None:
    Group.objects.exclude(name="Clerk").delete()
    clerk = Group.objects.get(name="Clerk")
    own = Permission.objects.get(codename="remove_activation")
    clerk.permissions.set([own])
    roles.create_at_first()
    assert [_codes(group) for group in Group.objects.all()] == [{"powerauth.remove_activation"}]
    out = StringIO()
    call_command("create_roles", stdout=out)
    assert _codes(clerk) == {"powerauth.remove_activation"}
    assert set(Group.objects.values_list("name", flat=True)) == {role.name for role in ROLES}
    assert "Clerk: is there, without operations.view_operation" in out.getvalue()
    assert "Auditor: created." in out.getvalue()
    call_command("create_roles", "--complete", stdout=out)
    assert _codes(clerk) == {"powerauth.remove_activation", *ROLES[0].permissions}
    records = AuditRecord.objects.count()
    assert records == len(ROLES)
    assert set(AuditRecord.objects.values_list("actor_kind", "action", "object_type")) == {
        ("SYSTEM", "command/create_roles", "group")
    }
    call_command("create_roles", "--complete", stdout=out)
    assert AuditRecord.objects.count() == records


@pytest.mark.django_db
def test_permissions_that_are_not_there_yet_stop_no_migration() -> None:
    Group.objects.all().delete()
    Permission.objects.filter(codename="commit_activation").delete()
    roles.create_at_first()
    assert not Group.objects.exists()


def test_roles_open_their_pages_and_no_others(bank: Bank) -> None:
    def opened(name: str) -> set[str]:
        client = _member(name)
        lists = {
            model.__name__: f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            for model in admin.site._registry
        }
        return {model for model, path in lists.items() if client.get(path).status_code == 200}

    customers = {"Operation", "Activation", "InboxMessage", "PushDevice"}
    assert opened("Clerk") == {*customers, "PushMessage", "SignatureAudit", "SpawnAudit"}
    assert opened("Activation approver") == {"Activation", "SignatureAudit"}
    assert opened("Template editor") == {"FormTemplate", "OperationTemplate"}
    assert {*customers, "AuditRecord", "User", "Group", "Integration"} <= opened("Auditor")
    assert opened("Administrator").isdisjoint({"Operation", "Activation", "InboxMessage"})


def test_a_clerk_and_an_approver_at_work(bank: Bank) -> None:
    clerk, approver = _member("Clerk"), _member("Activation approver")
    phone = bank.phone("alice", commit=False, commit_phase=CommitPhase.ON_COMMIT)
    page = f"/admin/powerauth/activation/{phone.activation_id}"
    values = {"confirmed": "yes", "compared": "on", "reason": "LOST"}
    assert approver.get("/admin/powerauth/activation/add/").status_code == 403
    assert clerk.get("/admin/powerauth/activation/add/").status_code == 200
    assert clerk.post(f"{page}/commit/", values).status_code == 302
    assert b"waiting for commit" in clerk.get(f"{page}/change/").content  # its history
    assert clerk.post(f"{page}/block/", values).status_code == 302
    assert clerk.post(f"{page}/unblock/", values).status_code == 403
    assert clerk.post(f"{page}/remove/", values).status_code == 403
    assert approver.post(f"{page}/unblock/", values).status_code == 302
    assert bank.activation(phone).get_state_display() == "active"
    assert approver.post(f"{page}/remove/", values).status_code == 302
    assert bank.activation(phone).get_state_display() == "removed"


def test_an_auditor_changes_nothing(bank: Bank, full_bank: str) -> None:
    client = _member("Auditor")
    for path in ("powerauth/application", "operations/formtemplate", "auth/user", "auth/group"):
        assert client.get(f"/admin/{path}/add/").status_code == 403
    held = set(ROLES[3].permissions) - {"powerauth.export_auditrecord"}
    assert all(name.split(".")[1].startswith("view_") for name in held)


def _offered(client: Client, path: str, name: str) -> dict[str, str]:
    form = client.get(path).context["adminform"].form
    codes = {
        str(row.pk): f"{row.content_type.app_label}.{row.codename}"
        for row in Permission.objects.select_related("content_type")
    }
    return {codes[str(value)]: label for value, label in form.fields[name].choices}


@pytest.mark.parametrize("where", ["user", "group"])
def test_forms_offer_permissions_that_mean_something(chief: Client, where: str) -> None:
    user = User.objects.create_user("clerk")
    group = Group.objects.create(name="own")
    row, name = (user, "user_permissions") if where == "user" else (group, "permissions")
    path = f"/admin/auth/{where}/{row.pk}/change/"
    offered = _offered(chief, path, name)
    assert set(offered) == permission_names.meaningful()
    assert set(offered).isdisjoint(MEANINGLESS)
    assert offered["powerauth.block_activation"] == "Activations: Can block activations"
    assert offered["operations.view_operation"] == "Operations: can see"
    # What somebody has is shown, or saving the form would take it away.
    session = Permission.objects.get(codename="view_session")
    getattr(row, name).add(session)
    assert set(_offered(chief, path, name)) == {*offered, "sessions.view_session"}


def test_pages_ask_for_just_the_permissions_that_forms_offer(
    full_bank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    callbacks.create(
        Application.objects.get().id,
        Configuration(
            name="core",
            type=CallbackType.OPERATION_STATUS_CHANGE,
            url="http://127.0.0.1:1/",
        ),
        at=timezone.now(),
    )

    def has_perm(self: Any, name: str, obj: Any = None) -> bool:
        asked.add(name)
        return True

    client = staff("some")
    monkeypatch.setattr(User, "has_perm", has_perm)
    monkeypatch.setattr(User, "has_module_perms", lambda self, app: True)
    for address in pages():
        client.get(address)
    for model in admin.site._registry:
        client.post(f"/admin/{model._meta.app_label}/{model._meta.model_name}/", {"action": "x"})
    assert asked == permission_names.meaningful()


@pytest.mark.parametrize(("language", "clerk"), [("en", "Clerk"), ("cs", None)])
def test_names_are_in_the_language_of_the_reader(
    chief: Client, monkeypatch: pytest.MonkeyPatch, language: str, clerk: str | None
) -> None:
    own = Group.objects.create(name="Amount")
    with translation.override(language):
        expected = clerk or str(ROLES[0].title)
        text = chief.get("/admin/auth/group/", headers={"accept-language": language})
        assert expected in text.content.decode()
    assert roles.title_of(own) == "Amount"
    # A name of the bank's own is never looked up, whatever the catalogues have for it.
    monkeypatch.setattr(roles, "_TITLES", {"Clerk": "Schalter"})
    user = User.objects.create_user("clerk")
    page = chief.get(f"/admin/auth/user/{user.pk}/change/").content.decode()
    assert ">Schalter<" in page and ">Amount<" in page
    assert "Schalter" in chief.get("/admin/auth/user/").content.decode()


def test_the_document_has_the_same_table() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \|(.*)\|$", DOCUMENT.read_text(), re.MULTILINE)
    marks = {name: [mark.strip() for mark in cells.split("|")[1:]] for name, cells in rows}
    for number, role in enumerate(ROLES):
        assert {name for name, cells in marks.items() if cells[number]} == set(role.permissions)
    assert list(marks) == sorted(permission_names.meaningful())
