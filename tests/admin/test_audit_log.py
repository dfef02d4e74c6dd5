"""What admins change gets into the audit log, and its page shows and exports it."""

import json
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import InboxMessage
from operations.models import OperationTemplate
from powerauth.engine.audit import audited
from powerauth.engine.audit.audit_chain import verify
from powerauth.engine.audit.audit_log import Actor, Change, append
from powerauth.models import (
    Activation,
    ActorKind,
    Application,
    AuditRecord,
    Integration,
    SignatureAudit,
)
from powerauth.phone.phone import Phone
from tests.admin.office import client_of, staff
from tests.bank import Bank

PAGE = "/admin/powerauth/auditrecord/"
TEMPLATES = "/admin/operations/operationtemplate/"
USERS = "/admin/auth/user/"
PASSWORD = "correct horse battery staple"
OTHER_PASSWORD = "another horse battery staple"
TEMPLATE = {
    "template_name": "login",
    "operation_type": "login",
    "data_template": "A2",
    "signature_types": ["POSSESSION"],
    "max_failure_count": "5",
    "expiration_s": "300",
    "risk_flags": "",
}

Record = tuple[str, str, Any, Any]


def _records() -> list[Record]:
    return [
        (row.action, row.object_type, json.loads(row.before), json.loads(row.after))
        for row in AuditRecord.objects.order_by("sequence")
    ]


def _confirmed(client: Client, page: str, action: str, pk: object, **answers: str) -> None:
    values = {"action": action, "_selected_action": [str(pk)], "confirmed": "yes", **answers}
    assert client.post(page, values).status_code == 302


def test_every_kind_of_rows_can_be_described() -> None:
    # Those that nobody can change have nothing to tell.
    unchangeable = {"LogEntry", "AuditRecord", "SpawnAudit", "PushMessage"}
    for model in admin.site._registry:
        if model.__name__ not in unchangeable:
            assert audited.kind_of(model).name in audited.names(), model


def test_confirmed_action_is_recorded_once(chief: Client, alice: Phone) -> None:
    page = "/admin/powerauth/activation/"
    _confirmed(chief, page, "block", alice.activation_id, reason="LOST")
    state = {"state": "ACTIVE", "blocked_reason": ""}
    after = {"state": "BLOCKED", "blocked_reason": "LOST"}
    assert _records() == [("admin/block", "activation", state, after)]
    record = AuditRecord.objects.get()
    user = User.objects.get()
    assert (record.actor_kind, record.actor_id, record.actor_name, record.object_id) == (
        "ADMIN",
        str(user.pk),
        "chief",
        alice.activation_id,
    )
    # Nobody blocks what is removed: the refusal changes nothing, and leaves no record.
    Activation.objects.update(state=5)
    _confirmed(chief, page, "block", alice.activation_id, reason="LOST")
    assert AuditRecord.objects.count() == 1


def test_action_and_record_stand_or_fall_together(
    chief: Client, alice: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no record")

    monkeypatch.setattr("powerauth.engine.audit.audit_log.append", fail)
    with pytest.raises(RuntimeError, match="no record"):
        _confirmed(chief, "/admin/powerauth/activation/", "block", alice.activation_id)
    assert Activation.objects.get().get_state_display() == "active"


def test_forms_are_recorded_with_what_differs(chief: Client, db: None) -> None:
    chief.post(f"{TEMPLATES}add/", TEMPLATE)
    template = OperationTemplate.objects.get()
    page = f"{TEMPLATES}{template.pk}/"
    chief.post(f"{page}change/", {**TEMPLATE, "expiration_s": "60"})
    chief.post(f"{page}change/", {**TEMPLATE, "expiration_s": "60"})
    chief.post(f"{page}delete/", {"post": "yes"})
    added, changed, deleted = _records()
    assert added[:3] == ("admin/add", "operation_template", {})
    assert (added[3]["template_name"], added[3]["expiration_s"]) == ("login", 300)
    assert changed == (
        "admin/change",
        "operation_template",
        {"expiration_s": 300},
        {"expiration_s": 60},
    )
    assert (deleted[0], deleted[2]["expiration_s"], deleted[3]) == ("admin/delete", 60, {})
    keys = set(AuditRecord.objects.values_list("object_id", flat=True))
    assert keys == {str(template.pk)}


def test_deleting_several_rows_is_recorded(chief: Client, db: None) -> None:
    for name in ("one", "two"):
        chief.post(f"{TEMPLATES}add/", {**TEMPLATE, "template_name": name})
    chosen = list(OperationTemplate.objects.values_list("pk", flat=True))
    values = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    chief.post(TEMPLATES, values)
    assert not OperationTemplate.objects.exists()
    deleted = [before for action, _, before, _ in _records() if action == "admin/delete"]
    assert {before["template_name"] for before in deleted} == {"one", "two"}


def test_pages_of_our_own_are_recorded(chief: Client, bank: Bank) -> None:
    chief.post("/admin/powerauth/application/add/", {"application_id": "new-app"})
    answer = chief.post("/admin/powerauth/integration/add/", {"name": "core"})
    secret = answer.context["client_secret"]
    assert Application.objects.filter(id="new-app").exists()
    assert [record[:2] for record in _records()] == [
        ("admin/add", "application"),
        ("admin/add", "integration"),
    ]
    cells = [str(cell) for row in AuditRecord.objects.values_list() for cell in row]
    assert not [cell for cell in cells if secret in cell]
    assert not [cell for cell in cells if Integration.objects.get().client_secret_hash in cell]


def test_message_to_many_is_one_record(chief: Client, bank: Bank) -> None:
    values = {
        "user_list": SimpleUploadedFile("users.txt", b"alice\nbob\n"),
        "applications": [bank.application.id],
        "type": "text",
        "subject": "Your card",
        "summary": "On its way",
        "body": "A letter to you",
    }
    chief.post("/admin/inbox/inboxmessage/add/", values)
    assert InboxMessage.objects.count() == 2
    ((action, kind, _, after),) = _records()
    assert (action, kind, after["users"]) == ("admin/send", "message", ["alice", "bob"])
    assert "letter" not in AuditRecord.objects.get().after


def test_users_and_their_rights_are_recorded(chief: Client) -> None:
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    chief.post(f"{USERS}add/", {"username": "clerk", **passwords})
    clerk = User.objects.get(username="clerk")
    group = Group.objects.create(name="support")
    right = Permission.objects.get(codename="block_activation")
    form = {"username": "clerk", "groups": [group.pk], "user_permissions": [right.pk]}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    chief.post(f"{USERS}{clerk.pk}/change/", {**form, **joined, "is_staff": "on"})
    new = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD, "usable_password": "true"}
    chief.post(f"{USERS}{clerk.pk}/password/", {**new, "set-password": "yes"})
    added, changed, renewed = _records()
    assert (added[0], added[3]["username"], added[3]["password"]) == (
        "admin/add",
        "clerk",
        "(hidden)",
    )
    assert changed[3] == {
        "groups": ["support"],
        "permissions": ["powerauth.block_activation"],
        "is_staff": True,
        "is_active": False,
    }
    assert renewed == (
        "admin/change",
        "user",
        {"password": "(hidden)"},
        {"password": "(hidden)"},
    )
    clerk.refresh_from_db()
    assert clerk.check_password(OTHER_PASSWORD)
    cells = [str(cell) for row in AuditRecord.objects.values_list() for cell in row]
    assert not [cell for cell in cells if clerk.password in cell or PASSWORD in cell]


def test_own_password_is_recorded(db: None) -> None:
    user = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    client = client_of(user)
    path = reverse("admin:password_change")
    wrong = {"old_password": "x", "new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD}
    assert client.post(path, wrong).status_code == 200
    assert client.get(path).status_code == 200
    assert _records() == []
    assert client.post(path, {**wrong, "old_password": PASSWORD}).status_code == 302
    hidden = {"password": "(hidden)"}
    assert _records() == [("admin/change", "user", hidden, hidden)]
    assert Session.objects.exists()


@pytest.fixture
def log(db: None) -> None:
    """Three records of two actors."""
    for kind, actor, action, object_id in (
        (ActorKind.ADMIN, "chief", "admin/block", "a"),
        (ActorKind.INTEGRATION, "core", "activation/block", "a"),
        (ActorKind.INTEGRATION, "core", "activation/init", "b"),
    ):
        change = Change(
            action=action,
            object_type="activation",
            object_id=object_id,
            before={"state": "ACTIVE"},
            after={"state": "<b>BLOCKED</b>", "count": 1},
        )
        append(Actor(kind=kind, id=f"id-{actor}", name=actor), [change], at=timezone.now())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [3, 2, 1]),
        ({"actor_kind__exact": "ADMIN"}, [1]),
        ({"action_name": "activation/block"}, [2]),
        ({"object_type": "activation"}, [3, 2, 1]),
        ({"object_type": "operation"}, []),
        ({"recent": "hour"}, [3, 2, 1]),
        ({"q": "a"}, [2, 1]),
        ({"q": "core"}, [3, 2]),
        ({"q": "id-chief"}, [1]),
        ({"q": "cor"}, []),
    ],
)
def test_page_filters_and_exports_the_same(
    chief: Client, log: None, asked: dict[str, str], found: list[int]
) -> None:
    rows = chief.get(PAGE, asked).context["cl"].result_list
    assert [row.sequence for row in rows] == found
    answer: Any = chief.post(f"{PAGE}export/", query_params=asked)
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [line["sequence"] for line in lines] == found[::-1]
    assert answer["Content-Type"] == "application/x-ndjson"
    exported = AuditRecord.objects.get(sequence=4)
    assert (exported.action, json.loads(exported.after)) == ("admin/export", {"filters": asked})


def test_export_reads_in_batches(chief: Client, log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("powerauth.admin.audit_log.BATCH", 2)
    answer: Any = chief.post(f"{PAGE}export/")
    text = b"".join(answer.streaming_content).decode()
    assert [json.loads(line)["sequence"] for line in text.splitlines()] == [1, 2, 3]


def test_export_needs_its_permission_and_a_form(chief: Client, log: None) -> None:
    client = staff("some", "powerauth.view_auditrecord")
    assert b"audit-export" not in client.get(PAGE).content.split(b"<body", 1)[1]
    assert client.post(f"{PAGE}export/").status_code == 403
    blind = staff("blind", "powerauth.export_auditrecord")
    assert blind.post(f"{PAGE}export/").status_code == 403
    assert chief.get(f"{PAGE}export/").status_code == 405
    assert AuditRecord.objects.count() == 3
    asked = chief.get(PAGE, {"q": "a"}).content.decode()
    assert 'action="/admin/powerauth/auditrecord/export/?q=a"' in asked


def test_nobody_can_change_a_record(chief: Client, log: None) -> None:
    page = f"{PAGE}1/change/"
    text = chief.get(page).content.decode()
    assert "&lt;b&gt;BLOCKED&lt;/b&gt;" in text and "<b>BLOCKED" not in text
    assert chief.post(page, {"actor_name": "x"}).status_code == 403
    assert chief.post(f"{PAGE}1/delete/", {"post": "yes"}).status_code == 403
    assert chief.get(f"{PAGE}add/").status_code == 403
    assert verify().count == 3
    assert PAGE in chief.get("/admin/").content.decode()
    assert not SignatureAudit.objects.exists()
