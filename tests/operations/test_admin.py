"""The back office of operations and their templates."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from operations.models import FormTemplate, OperationTemplate
from tests.factories import FormTemplateFactory, OperationFactory, OperationTemplateFactory

BASE = "/admin/operations"
FORM = {
    "placeholder": "login",
    "language": "EN",
    "title": "Login",
    "message": "Log in?",
    "attributes": '[{"id":"a","type":"NOTE","text":"N","params":{"note":"n"}}]',
    "ui": '{"countdown": ${seconds}, "flipButtons": true}',
    "result_texts": '{"success": "Paid ${amount}", "failure": ${amount}}',
}
TEMPLATE = {
    "template_name": "login",
    "operation_type": "login",
    "data_template": "A2",
    "signature_types": ["POSSESSION", "POSSESSION_KNOWLEDGE"],
    "max_failure_count": "3",
    "expiration_s": "300",
    "risk_flags": "",
}


@pytest.fixture
def admin(db: None) -> Client:
    client = Client(SERVER_NAME="testserver")
    client.force_login(User.objects.create_superuser("admin"))
    return client


def _complaints(admin: Client, path: str, values: dict[str, Any]) -> dict[str, Any]:
    answer = admin.post(f"{BASE}/{path}/add/", values)
    if answer.status_code == 302:
        return {}
    return dict(answer.context["adminform"].form.errors)


def test_form_template_is_saved(admin: Client) -> None:
    assert _complaints(admin, "formtemplate", FORM) == {}
    row = FormTemplate.objects.get()
    assert (row.language, row.ui) == ("en", FORM["ui"])
    assert _complaints(admin, "formtemplate", {**FORM, "attributes": "", "ui": " "}).keys() == {
        "__all__"
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("attributes", "{}"),
        ("attributes", "[1]"),
        ("attributes", '[{"id":"a","type":7}]'),
        ("attributes", '[{"id":"a","type":"NOTE","params":{"note":${n}}}]'),
        ("ui", "[]"),
        ("ui", "{"),
        ("ui", "null"),
        ("result_texts", '{"success": ["a"]}'),
        ("result_texts", '"text"'),
    ],
)
def test_unusable_json_is_refused(admin: Client, member: str, value: str) -> None:
    assert _complaints(admin, "formtemplate", {**FORM, member: value}).keys() == {member}
    assert not FormTemplate.objects.exists()


def test_form_templates_can_be_found(admin: Client) -> None:
    FormTemplateFactory.create(title="Needle")
    FormTemplateFactory.create(placeholder="login", language="cs")
    answer = admin.get(f"{BASE}/formtemplate/", {"q": "Needle"})
    assert [row.title for row in answer.context["cl"].result_list] == ["Needle"]
    answer = admin.get(f"{BASE}/formtemplate/", {"language": "cs"})
    assert [row.placeholder for row in answer.context["cl"].result_list] == ["login"]


def test_operation_template_is_saved(admin: Client) -> None:
    assert _complaints(admin, "operationtemplate", TEMPLATE) == {}
    template = OperationTemplate.objects.get()
    assert template.signature_types == ["POSSESSION", "POSSESSION_KNOWLEDGE"]
    answer = admin.get(f"{BASE}/operationtemplate/{template.pk}/change/")
    assert len(re.findall(rb"<input[^>]*signature_types[^>]*\schecked>", answer.content)) == 2


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("signature_types", []),
        ("signature_types", ["possession"]),
        ("max_failure_count", "0"),
        ("expiration_s", "0"),
        ("expiration_s", "99999999999"),
        ("data_template", ""),
    ],
)
def test_operation_template_follows_the_rules(admin: Client, member: str, value: object) -> None:
    assert _complaints(admin, "operationtemplate", {**TEMPLATE, member: value}).keys() == {member}


def test_operations_can_only_be_looked_at(admin: Client) -> None:
    operation = OperationFactory.create(
        user_id="alice", applications=["app"], proximity_seed=b"seed-record"
    )
    OperationFactory.create(user_id="bob")
    answer = admin.get(f"{BASE}/operation/", {"q": "alice"})
    assert [row.pk for row in answer.context["cl"].result_list] == [operation.pk]
    page = f"{BASE}/operation/{operation.pk}"
    answer = admin.get(f"{page}/change/")
    assert answer.status_code == 200
    assert b"seed" not in answer.content
    assert admin.post(f"{page}/change/", {"status": "APPROVED"}).status_code == 403
    assert admin.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{BASE}/operation/add/").status_code == 403
    operation.refresh_from_db()
    assert operation.status == "PENDING"


def test_template_lists(admin: Client) -> None:
    OperationTemplateFactory.create()
    assert admin.get(f"{BASE}/operationtemplate/").status_code == 200
