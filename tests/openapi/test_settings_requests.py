"""What a back end that sets applications up really does: each answer is described."""

import pytest

from powerauth.models import Application, ApplicationVersion
from powerauth.phone.phone import Phone
from tests.bank import Bank
from tests.openapi.conformity import integration, judged_session
from tests.openapi.test_real_requests import BackEnd, accepted
from tests.wsgi import BASE_URL


def test_the_set_up_of_an_application(db: None) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    application = {"applicationId": "shop"}
    call("application/create", **application)
    key = ApplicationVersion.objects.get().application_key
    call("application/detail/version", applicationKey=key)
    for method in ("create", "update", "remove"):
        call(f"application/roles/{method}", **application, applicationRoles=["A"])
    call("application/roles/list", **application)
    entry = {**application, "key": "fido2_root_ca_certs"}
    call("application/config/create", **entry, values=["text", 1, {"a": None}, [], True])
    call("application/config/detail", **application)
    call("application/config/remove", **entry)
    call("recovery/config/update", **application)
    call("recovery/config/detail", **application)
    call("recovery/lookup", userId="alice")
    call("recovery/revoke", recoveryCodeIds=[1])
    created = call("integration/create", name="back end")
    call("integration/list")
    call("integration/remove", id=created["id"])
    call("error/list", language="en")
    parameters = {"application": Application.objects.get().id}
    call("telemetry/report", name="CURRENT_MAU", parameters=parameters)
    assert len(accepted(seen)) == 18


def test_changes_of_activations(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    call = BackEnd(seen).call
    new = {"activationName": "New", "externalUserId": "clerk"}
    call("activation/name/update", activationId=alice.activation_id, **new)
    bank.code("alice")
    found = call("activation/lookup", userIds=["alice"])["activations"]
    assert isinstance(found, list)
    assert len(found) == 2
    ids = [alice.activation_id]
    call("activation/status/update", activationIds=ids, activationStatus="BLOCKED")
    assert len(accepted(seen)) == 3


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("activation/name/update", {}),
        ("activation/recovery/create", {}),
        ("recovery/create", {}),
        ("recovery/confirm", {"activationId": "", "applicationKey": ""}),
        ("telemetry/report", {"name": "x", "parameters": {}}),
        ("telemetry/report", {}),
    ],
)
def test_refusals(db: None, path: str, members: dict[str, object]) -> None:
    seen: set[str] = set()
    http = judged_session(integration, seen)
    http.post(f"{BASE_URL}/rest/v3/{path}", json={"requestObject": members})
    assert seen == {f"POST /rest/v3/{path} 400"}
