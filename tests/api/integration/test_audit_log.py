"""What back ends change gets into the audit log, once, without secrets."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from operations.models import Operation
from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import integrations
from powerauth.engine.audit.audit_chain import verify
from powerauth.engine.audit.audited import kind_named
from powerauth.integration.api import IntegrationView
from powerauth.models import Activation, Application, AuditRecord
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.api.integration.back_end import ok, post
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

pytestmark = pytest.mark.django_db
PREFIXES = ("rest/v3/", "rest/v4/", "push/", "inbox/")
UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"

# What only reads, and what a phone does through a back end: signatures, activations and tokens of
# phones have an audit and a history of their own, and recovery is switched off.
NOT_RECORDED = {
    *("rest/v3/status", "rest/v3/error/list", "rest/v3/telemetry/report"),
    *("rest/v3/integration/list", "rest/v3/application/list", "rest/v3/application/detail"),
    *("rest/v3/application/detail/version", "rest/v3/application/roles/list"),
    *("rest/v3/application/config/detail", "rest/v3/application/callback/list"),
    *("rest/v3/activation/status", "rest/v3/activation/list", "rest/v3/activation/lookup"),
    *("rest/v3/activation/history", "rest/v3/activation/flags/list"),
    *("rest/v3/activation/prepare", "rest/v3/activation/recovery/create"),
    *("rest/v3/recovery/config/detail", "rest/v3/recovery/config/update"),
    *("rest/v3/recovery/create", "rest/v3/recovery/confirm", "rest/v3/recovery/lookup"),
    "rest/v3/recovery/revoke",
    *("rest/v3/signature/verify", "rest/v3/signature/list"),
    *("rest/v3/signature/ecdsa/verify", "rest/v3/signature/ecdsa/sign"),
    *("rest/v3/signature/offline/personalized/create", "rest/v3/signature/offline/verify"),
    "rest/v3/signature/offline/non-personalized/create",
    *("rest/v3/ecies/decryptor", "rest/v3/keystore/create", "rest/v3/keystore/remove"),
    *("rest/v3/token/create", "rest/v3/token/validate", "rest/v3/token/remove"),
    *("rest/v3/vault/unlock", "rest/v3/upgrade/start", "rest/v3/upgrade/commit"),
    *("rest/v3/operation/list", "rest/v3/operation/list/pending"),
    *("rest/v3/operation/list/external", "rest/v3/operation/offline/create"),
    "rest/v3/operation/offline/qr",
    *("rest/v3/operation/template/list", "rest/v3/operation/template/detail"),
    "push/service/status",
    # Messages are rows themselves, with what became of them.
    *("push/message/send", "push/message/batch/send"),
    "push/campaign/send/test/<campaign:campaign_id>",
    *("push/campaign/list", "push/campaign/<campaign:campaign_id>/detail"),
    "push/campaign/<campaign:campaign_id>/user/list",
    *("push/admin/app/list", "push/admin/app/unconfigured/list", "push/admin/app/detail"),
    *("inbox/messages/list", "inbox/messages/count", "inbox/messages/detail"),
}


# The same in the other tree, and what only that has. The code that `auth/verify` accepts is what
# confirms an upgrade.
ONLY_IN_V3 = ("recovery", "activation/recovery", "signature", "ecies", "upgrade")
NOT_RECORDED_IN_V4 = {
    *("rest/v4/auth/verify", "rest/v4/auth/offline/verify", "rest/v4/audit/list"),
    "rest/v4/auth/offline/personalized/create",
    "rest/v4/auth/offline/non-personalized/create",
    *("rest/v4/dsa/sign", "rest/v4/dsa/verify", "rest/v4/jwt/sign", "rest/v4/jwt/verify"),
    *("rest/v4/encryptor", "rest/v4/upgrade/confirm"),
} | {
    f"rest/v4/{method}"
    for route in NOT_RECORDED
    if route.startswith("rest/v3/")
    and not (method := route.removeprefix("rest/v3/")).startswith(
        tuple(f"{only}/" for only in ONLY_IN_V3)
    )
}


def _views(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, type[IntegrationView]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        elif route.startswith(PREFIXES):
            view = getattr(pattern.callback, "cls", None)
            if isinstance(view, type) and issubclass(view, IntegrationView):
                yield route, view


def _all_views() -> dict[str, type[IntegrationView]]:
    return dict(_views(get_resolver().url_patterns))


def test_every_method_either_changes_or_reads() -> None:
    views = _all_views()
    assert len(views) > 80
    undeclared = {route for route, view in views.items() if view.changes is None}
    assert undeclared == NOT_RECORDED | NOT_RECORDED_IN_V4
    for route, view in views.items():
        if view.changes is not None:
            assert kind_named(view.changes.kind).name == view.changes.kind
            names = {*view.changes.given, view.changes.each, view.changes.if_given} - {""}
            in_path = set(re.findall(r"<\w+:(\w+)>", route))
            assert names <= set(view.input_class._declared_fields) | in_path


def _statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured.captured_queries]


def _records() -> list[AuditRecord]:
    return list(AuditRecord.objects.order_by("sequence"))


def _last() -> tuple[str, str, str, Any, Any, str]:
    row = AuditRecord.objects.latest("sequence")
    change = json.loads(row.before), json.loads(row.after)
    return row.action, row.object_type, row.object_id, *change, row.outcome


def test_block_is_recorded_with_both_states(http: requests.Session, alice: Phone) -> None:
    ok(
        http,
        "activation/block",
        activationId=alice.activation_id,
        reason="LOST",
        externalUserId="clerk",
    )
    assert _last() == (
        "activation/block",
        "activation",
        alice.activation_id,
        {"state": "ACTIVE", "blocked_reason": ""},
        {"state": "BLOCKED", "blocked_reason": "LOST"},
        "OK",
    )
    record = AuditRecord.objects.get()
    assert (record.actor_kind, record.actor_id, record.on_behalf_of) == ("UNKNOWN", "", "clerk")
    ok(http, "activation/block", activationId=alice.activation_id)
    assert AuditRecord.objects.count() == 1


def test_caller_and_correlation_are_recorded(
    http: requests.Session, alice: Phone, settings: Settings
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = settings.CORRELATION_HEADER_ENABLED = True
    made = integrations.create("core banking")
    pair = f"{made.integration.client_token}:{made.client_secret}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair).decode()}",
        "X-Correlation-ID": "trace-4711",
    }
    payload = {"activationId": alice.activation_id}
    assert post(http, "activation/remove", payload, headers=headers).status_code == 200
    record = AuditRecord.objects.get()
    assert (record.actor_kind, record.actor_id, record.actor_name, record.correlation_id) == (
        "INTEGRATION",
        str(made.integration.pk),
        "core banking",
        "trace-4711",
    )
    assert post(http, "activation/remove", payload).status_code == 401
    assert AuditRecord.objects.count() == 1


def test_refusal_is_recorded_if_it_changed_something(http: requests.Session, bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, otp="1234", max_failed_attempts=2)
    before = phone.activation_id
    wrong = {"activationId": before, "activationOtp": "0000"}
    for _ in range(3):
        assert post(http, "activation/commit", wrong).status_code == 400
    first, second = _records()
    assert (first.outcome, second.outcome) == ("ERR0031", "ERR0031")
    assert json.loads(first.after) == {"failed_attempts": 1}
    assert json.loads(second.after) == {"failed_attempts": 2, "state": "REMOVED"}
    assert Activation.objects.get().failed_attempts == 2


def test_unknown_objects_leave_no_record(http: requests.Session, bank: Bank) -> None:
    assert post(http, "activation/block", {"activationId": UNKNOWN_ID}).status_code == 400
    assert post(http, "activation/block", {}).status_code == 400
    assert post(http, "application/create", {"applicationId": bank.application.id}).status_code
    assert not AuditRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_change_and_record_stand_or_fall_together(
    http: requests.Session, alice: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no record")

    payload = {"activationId": alice.activation_id}
    with monkeypatch.context() as patch:
        patch.setattr("powerauth.engine.audit.audit_log.append", fail)
        assert post(http, "activation/block", payload).status_code == 500
    assert Activation.objects.get().get_state_display() == "active"
    original = lifecycle.block

    def defect(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        raise RuntimeError("after the change")

    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "block", defect)
        assert post(http, "activation/block", payload).status_code == 500
    assert Activation.objects.get().get_state_display() == "active"
    assert not AuditRecord.objects.exists()
    ok(http, "activation/block", **payload)
    assert AuditRecord.objects.get().sequence == 1


def test_reading_writes_nothing_and_locks_nothing(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    with CaptureQueriesContext(connection) as captured:
        ok(http, "operation/detail", operationId=str(operation.pk))
        ok(http, "activation/status", activationId=alice.activation_id)
        ok(http, "activation/list", userId="alice")
    assert not [sql for sql in _statements(captured) if "FOR UPDATE" in sql or "audit" in sql]
    ok(http, "operation/detail", operationId=str(operation.pk), userId="alice")
    assert not AuditRecord.objects.exists()


def test_claim_is_recorded(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = bank.operation("")
    ok(http, "operation/detail", operationId=str(operation.pk), userId="alice")
    action, kind, object_id, before, after, _ = _last()
    assert (action, kind, object_id) == ("operation/detail", "operation", str(operation.pk))
    assert (before["user_id"], after["user_id"]) == ("", "alice")


def test_phones_write_nothing_here(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    with CaptureQueriesContext(connection) as captured:
        assert alice.approve(alice.operation(str(operation.pk)), pin=PIN).ok
        alice.register_push("push-token-of-alice")
        alice.remove(pin=PIN)
    assert not [sql for sql in _statements(captured) if "auditrecord" in sql or "audithead" in sql]
    assert not AuditRecord.objects.exists()


def test_several_activations_get_a_record_each(http: requests.Session, bank: Bank) -> None:
    ids = [bank.phone(name).activation_id for name in ("alice", "bob")]
    ok(http, "activation/status/update", activationIds=ids, activationStatus="BLOCKED")
    assert {row.object_id for row in _records()} == set(ids)
    assert {json.loads(row.after)["state"] for row in _records()} == {"BLOCKED"}


CALLBACK = {
    "name": "core",
    "type": "ACTIVATION_STATUS_CHANGE",
    "callbackUrl": "https://core.bank.example/hook?key=url-secret",
    "attributes": ["userId"],
    "authentication": {
        "httpBasic": {"enabled": True, "username": "pa", "password": "of-basic"},
        "oauth2": {
            "enabled": True,
            "tokenUri": "https://login.bank.example/token",
            "clientId": "pa",
            "clientSecret": "of-client",
        },
    },
}
PROVIDERS = [{"providerId": "idp", "clientId": "c", "clientSecret": "of-provider"}]


@pytest.fixture
def everything(http: requests.Session, bank: Bank, alice: Phone) -> list[str]:
    """Call every kind of changing method; gives the secrets that went in or came out."""
    app = {"applicationId": bank.application.id}
    ok(http, "application/create", applicationId="second")
    version = ok(http, "application/version/create", **app, applicationVersionId="2.0")
    ok(http, "application/version/unsupport", **app, applicationVersionId="2.0")
    ok(http, "application/roles/create", **app, applicationRoles=["ADMIN"])
    ok(http, "application/config/create", **app, key="oauth2_providers", values=PROVIDERS)
    changed = [{**PROVIDERS[0], "clientSecret": "of-provider-2"}]
    ok(http, "application/config/create", **app, key="oauth2_providers", values=changed)
    integration = ok(http, "integration/create", name="core")
    callback = ok(http, "application/callback/create", **app, **CALLBACK)
    initiated = ok(http, "activation/init", userId="carol", **app, activationOtp="otp-of-carol")
    pending = bank.phone("dave", commit=False)
    ok(
        http,
        "activation/otp/update",
        activationId=pending.activation_id,
        activationOtp="otp-of-dave",
    )
    ok(http, "activation/flags/create", activationId=alice.activation_id, activationFlags=["VIP"])
    operation = ok(
        http,
        "operation/create",
        userId="alice",
        applications=[bank.application.id],
        templateName="payment",
        parameters={"amount": "1", "currency": "CZK", "iban": "CZ1", "note": "of-parameters"},
        additionalData={"code": "of-additional-data"},
        proximityCheckEnabled=True,
    )
    ok(http, "operation/cancel", operationId=operation["id"], statusReason="FRAUD")
    _push_and_inbox(http, bank, alice)
    seeds = Operation.objects.values_list("proximity_seed", flat=True)
    secrets = [
        *("of-provider", "of-provider-2", "of-basic", "of-client", "url-secret"),
        *("otp-of-carol", "otp-of-dave", "push-token-of-alice", "of-additional-data"),
        *(
            "of-parameters",
            "letter to alice",
            operation["proximityOtp"],
            version["applicationSecret"],
        ),
        *(integration["clientSecret"], callback["signingSecret"], initiated["activationCode"]),
        *(row for row in Activation.objects.values_list("otp_hash", flat=True) if row),
        *(bytes(seed).hex() for seed in seeds if seed),
        *(
            base64.b64encode(bytes(row)).decode()
            # One that waits for its phone has no key yet.
            for row in Activation.objects.values_list("server_private_key", flat=True)
            if row
        ),
    ]
    assert all(secrets)
    return secrets


def _push_and_inbox(http: requests.Session, bank: Bank, alice: Phone) -> None:
    device = {
        "appId": bank.application.id,
        "token": "push-token-of-alice",
        "platform": "apns",
        "activationId": alice.activation_id,
    }
    message = {
        "userId": "alice",
        "type": "text",
        "subject": "Your card",
        "summary": "On its way",
        "body": "A letter to alice",
        "applications": [bank.application.id],
    }
    reader = {"userId": "alice", "appId": bank.application.id}
    for path, payload in (
        ("push/device/create", device),
        ("inbox/messages", message),
        ("inbox/messages/read-all", reader),
        ("push/device/delete", {"appId": device["appId"], "token": device["token"]}),
    ):
        answer = http.post(f"{BASE_URL}/{path}", json={"requestObject": payload})
        assert answer.status_code == 200, (path, answer.json())
    assert not PushDevice.objects.exists()


def test_everything_is_recorded_without_secrets(everything: list[str]) -> None:
    rows = _records()
    assert [row.action for row in rows] == [
        "application/create",
        "application/version/create",
        "application/version/unsupport",
        "application/roles/create",
        "application/config/create",
        "application/config/create",
        "integration/create",
        "application/callback/create",
        "activation/init",
        "activation/otp/update",
        "activation/flags/create",
        "operation/create",
        "operation/cancel",
        "push/device/create",
        "inbox/messages",
        "inbox/messages/read-all",
        "push/device/delete",
    ]
    cells = AuditRecord.objects.values_list()
    text = "\n".join(str(cell) for row in cells for cell in row)
    assert not [secret for secret in everything if secret in text]
    assert '"otp_hash":"(hidden)"' in rows[9].after
    assert json.loads(rows[5].after) == {"oauth2_providers": "(hidden)"}
    assert json.loads(rows[4].after)["oauth2_providers_ids"] == ["idp"]
    assert json.loads(rows[7].after)["url"] == "https://core.bank.example/hook"
    assert json.loads(rows[-1].before)["push_token"] == "(hidden)"
    assert verify().count == len(rows)


def test_removed_objects_are_described(http: requests.Session, bank: Bank) -> None:
    made = ok(http, "integration/create", name="core")
    ok(http, "integration/remove", id=made["id"])
    action, kind, object_id, before, after, _ = _last()
    assert (action, kind, object_id) == ("integration/remove", "integration", made["id"])
    assert (before["name"], after) == ("core", {})
    assert Application.objects.count() == 1
