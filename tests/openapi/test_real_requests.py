"""What phones and back ends really do: each answer is described by its document."""

import requests
from pytest_django.fixtures import Settings

from activation.models import SpawnRule
from operations.models import Operation
from powerauth.engine.applications import application_config
from powerauth.phone.phone import Phone
from tests.api.activation.test_oidc import PROVIDER
from tests.bank import PIN, Bank, make_bank
from tests.inbox.mailbox import write
from tests.openapi.conformity import integration, judged_session, mobile
from tests.wsgi import BASE_URL

API = "/api/auth/token/app/operation"


def bank_judged(seen: set[str]) -> Bank:
    return make_bank(new_session=lambda: judged_session(mobile, seen))


def accepted(seen: set[str]) -> set[str]:
    """Give the paths that were answered with 200."""
    return {line.split(" ")[1] for line in seen if line.endswith(" 200")}


def decide(phone: Phone, bank: Bank) -> None:
    operations: list[Operation] = [bank.operation("alice", risk_flags="XCF") for _ in range(2)]
    first, second = operations
    shown = phone.operation(str(first.pk))
    assert len(phone.operations()) == 2
    assert phone.approve(shown, pin=PIN).ok
    phone.claim(str(second.pk))
    assert phone.reject(str(second.pk)).ok
    assert not phone.reject(str(second.pk)).ok
    phone.history(pin=PIN)


def read_inbox(phone: Phone, bank: Bank) -> None:
    message = write("alice", [bank.application.id])
    assert phone.unread_count() == 1
    assert len(phone.messages()) == 1
    assert phone.message(str(message.pk))["subject"]
    assert phone.read_message(str(message.pk)).ok
    assert phone.read_all_messages().ok


def test_the_life_of_a_phone(db: None) -> None:
    seen: set[str] = set()
    bank = bank_judged(seen)
    phone = bank.phone("alice")
    phone.status()
    decide(phone, bank)
    read_inbox(phone, bank)
    assert phone.register_push("0A1B", platform="apns").ok
    phone.user_info()
    phone.unlock_vault(PIN)
    assert phone.validate_signature(pin=PIN).ok
    phone.rename("Mine", PIN)
    two_factors = phone.create_token("possession_knowledge", PIN)
    assert phone.detail(two_factors)["activationName"] == "Mine"
    phone.remove_token(two_factors)
    phone.server_status()
    phone.remove(PIN)
    assert {
        "/pa/v3/activation/create",
        "/pa/v3/activation/status",
        "/pa/v3/activation/remove",
        "/pa/v3/activation/rename",
        "/pa/v3/activation/detail",
        "/pa/v3/keystore/create",
        "/pa/v3/signature/validate",
        "/pa/v3/status",
        "/pa/v3/token/create",
        "/pa/v3/token/remove",
        "/pa/v3/vault/unlock",
        "/pa/v3/user/info",
        f"{API}/list",
        f"{API}/detail",
        f"{API}/detail/claim",
        f"{API}/authorize",
        f"{API}/cancel",
        f"{API}/history",
        "/api/push/device/register/token",
        "/api/inbox/count",
        "/api/inbox/message/list",
        "/api/inbox/message/detail",
        "/api/inbox/message/read",
        "/api/inbox/message/read-all",
    } <= accepted(seen)
    assert f"POST {API}/cancel 400" in seen


def _move_up(bank: Bank) -> None:
    former = bank.phone("bob")
    former.upgrade(PIN)
    assert former.validate_signature(pin=PIN).ok


def test_the_life_of_a_phone_of_protocol_4(db: None, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    seen: set[str] = set()
    bank = bank_judged(seen)
    phone = bank.phone("alice", version="4.0", suite="EC_P384_ML_L5")
    assert not phone.validate_signature(pin="9999").ok
    phone.status()
    decide(phone, bank)
    read_inbox(phone, bank)
    assert phone.register_push("0A1B", platform="apns").ok
    phone.user_info()
    phone.unlock_vault(PIN)
    phone.change_pin(PIN, "4321")
    phone.remove_biometry()
    phone.add_biometry("4321")
    phone.rename("Mine", "4321")
    two_factors = phone.create_token("possession_knowledge", "4321")
    assert phone.detail(two_factors)["activationName"] == "Mine"
    phone.remove_token(two_factors)
    phone.server_status()
    phone.remove("4321")
    _move_up(bank)
    phone_paths = {path for path in mobile.raw_schema["paths"] if path.startswith("/pa/v4/")}
    assert phone_paths <= accepted(seen)
    assert "POST /pa/v4/auth/validate 401" in seen


def test_codes_for_another_application(db: None) -> None:
    seen: set[str] = set()
    bank = bank_judged(seen)
    SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id="other-app",
        destination_application_id=bank.application.id,
    )
    phone = bank.phone("alice")
    for encrypted in (True, False):
        assert phone.spawn("other-app", "12345678", pin=PIN, encrypted=encrypted).code
    application_config.store(bank.application.id, "oauth2_providers", [PROVIDER])
    assert phone.oidc_configuration("abc")["clientId"] == "mobile"
    assert {"/api/activation/code", "/api/config/oidc"} <= accepted(seen)


class BackEnd:
    """A back end whose calls all have to succeed."""

    def __init__(self, seen: set[str]) -> None:
        self._http: requests.Session = judged_session(integration, seen)

    def call(self, path: str, **members: object) -> dict[str, object]:
        url = f"{BASE_URL}/rest/v3/{path}"
        response = self._http.post(url, json={"requestObject": members})
        assert response.status_code == 200, response.text
        payload: dict[str, object] = response.json().get("responseObject", {})
        return payload


def test_the_work_of_a_back_end(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    application = {"applicationId": "shop"}
    version = {**application, "applicationVersionId": "2.0"}
    call("status")
    call("application/create", **application)
    call("application/version/create", **version)
    call("application/version/unsupport", **version)
    call("application/version/support", **version)
    call("application/detail", **application)
    call("application/list")
    new = call("activation/init", userId="bob", **application)
    of_new = {"activationId": new["activationId"]}
    call("activation/status", **of_new)
    call("activation/flags/create", activationFlags=["A"], **of_new)
    call("activation/flags/update", activationFlags=["B"], **of_new)
    call("activation/flags/list", **of_new)
    call("activation/flags/remove", activationFlags=["B"], **of_new)
    of_alice = {"activationId": alice.activation_id}
    call("activation/block", reason="LOST", **of_alice)
    call("activation/unblock", **of_alice)
    call("activation/status", **of_alice)
    call("activation/list", userId="alice")
    call("activation/history", **of_alice)
    call("activation/status", activationId="unknown")
    _ask_alice(call, bank)
    call("activation/remove", **of_new)
    assert len(accepted(seen)) == 31


def _ask_alice(call: object, bank: Bank) -> None:
    assert callable(call)
    template = {
        "operationType": "login",
        "dataTemplate": "A2",
        "signatureType": ["POSSESSION"],
        "maxFailureCount": 5,
        "expiration": 300,
    }
    created = call("operation/template/create", templateName="sign-in", **template)
    of_template = {"id": created["id"]}
    call("operation/template/update", **of_template, **template)
    call("operation/template/detail", **of_template)
    call("operation/template/list")
    of_app = {"applications": [bank.application.id]}
    new = call(
        "operation/create",
        templateName="sign-in",
        proximityCheckEnabled=True,
        externalId="order-1",
        additionalData={"any": [None]},
        **of_app,
    )
    of_operation = {"operationId": new["id"]}
    call("operation/detail", **of_operation)
    call("operation/claim", userId="alice", **of_operation)
    call("operation/claim/release", userId="alice", **of_operation)
    call("operation/claim", userId="alice", **of_operation)
    call("operation/list", userId="alice", **of_app)
    call("operation/list/pending", userId="alice", **of_app)
    call("operation/cancel", statusReason="WRONG", **of_operation)
    call("operation/list/external", externalId="order-1", **of_app)
    call("operation/template/remove", **of_template)


def test_decisions_of_a_back_end(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    rows: list[Operation] = [bank.operation("alice") for _ in range(3)]
    first, second, third = rows
    of_alice = {"userId": "alice", "applicationId": bank.application.id}
    signed = {"data": first.data, "signatureType": "POSSESSION_BIOMETRY"}
    call("operation/approve/fail", operationId=str(first.pk))
    call("operation/approve", operationId=str(first.pk), **of_alice, **signed)
    call("operation/reject", operationId=str(second.pk), **of_alice)
    offline = {"operationId": str(third.pk), "activationId": alice.activation_id}
    made = call("operation/offline/create", **offline)
    code = alice.offline_code(alice.scan(str(made["offlineData"])), pin=PIN)
    assert call("operation/offline/approve", code=code, **offline)["result"] == "APPROVED"
    assert len(accepted(seen)) == 5


def test_image_of_a_back_end(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    http = judged_session(integration, seen)
    members = {"operationId": str(bank.operation("alice").pk), "activationId": alice.activation_id}
    for image_format in ("PNG", "SVG"):
        payload = {"requestObject": {**members, "format": image_format}}
        url = f"{BASE_URL}/rest/v3/operation/offline/qr"
        assert http.post(url, json=payload).status_code == 200
