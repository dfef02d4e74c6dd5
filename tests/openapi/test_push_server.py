"""What the documents say of the methods of a Push Server, and what is really answered."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from enrollment_server.openapi.documents import IntegrationDocument
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from tests.api.push_server import UNKNOWN_ID, get, post, send
from tests.bank import Bank
from tests.openapi.conformity import integration, judged_session
from tests.push.accounts import service_account
from tests.push.outbox.providers import device
from tests.wsgi import BASE_URL


@pytest.fixture(scope="module")
def paths() -> Any:
    return IntegrationDocument().get_schema()["paths"]


def codes(operation: Any, status: str) -> set[str]:
    content = operation["responses"][status]["content"]["application/json"]
    return {example["value"]["responseObject"]["code"] for example in content["examples"].values()}


def test_what_is_read_has_parameters_and_no_body(paths: Any) -> None:
    assert set(paths["/inbox/messages/list"]) == {"get"}
    listed = paths["/inbox/messages/list"]["get"]
    assert "requestBody" not in listed
    assert "415" not in listed["responses"]
    found = {one["name"]: (one["in"], one["schema"]["type"]) for one in listed["parameters"]}
    assert found == {
        "userId": ("query", "string"),
        "applications": ("query", "array"),
        "onlyUnread": ("query", "boolean"),
        "page": ("query", "integer"),
        "size": ("query", "integer"),
    }
    assert "parameters" not in paths["/rest/v3/status"]["post"]


def test_a_callback_has_no_envelope(paths: Any) -> None:
    assert set(paths["/push/device/status/update"]) == {"post", "put"}
    body = paths["/push/device/status/update"]["put"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"activationId", "activationStatus"}
    wrapped = paths["/push/device/delete"]["delete"]["requestBody"]
    schema = wrapped["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"requestObject"}


def test_refusals(paths: Any) -> None:
    create = paths["/push/device/create"]["post"]
    own = {"ERROR_GENERIC", "ERROR_REQUEST", "ERROR_HTTP_REQUEST"}
    assert codes(create, "400") == {*own, "ERROR_PA_SERVER_COMM"}
    assert codes(create, "500") == {"ERROR_GENERIC"}
    read = paths["/inbox/messages/read"]["post"]
    assert codes(read, "400") >= {"ERROR_MESSAGE_NOT_FOUND", "ERROR_REQUEST"}
    assert codes(paths["/inbox/messages/count"]["get"], "400") >= {"ERROR_APP_NOT_FOUND"}
    examples = create["responses"]["400"]["content"]["application/json"]["examples"].values()
    assert not [one for one in examples if "localizedMessage" in one["value"]["responseObject"]]


def test_the_work_of_a_back_end(bank: Bank, alice: Phone) -> None:
    seen: set[str] = set()
    http = judged_session(integration, seen)
    app = bank.application.id
    token = {"appId": app, "token": "A0B1"}
    device = {**token, "platform": "ios"}
    post(http, "push/device/create", {**device, "activationId": alice.activation_id})
    post(http, "push/device/create", {**device, "activationId": UNKNOWN_ID})
    post(http, "push/device/create/multi", {**device, "activationIds": [alice.activation_id]})
    send(http, "push/device/status/update", {"activationId": alice.activation_id})
    status = {"activationId": alice.activation_id, "activationStatus": "BLOCKED"}
    send(http, "push/device/status/update", status, method="PUT")
    post(http, "push/device/delete", token)
    post(http, "push/device/delete", token, method="DELETE")
    get(http, "push/service/status")
    letter = {"userId": "alice", "type": "text", "applications": [app]}
    texts = {"subject": "Your card", "summary": "On its way", "body": "Dear Alice"}
    message = post(http, "inbox/messages", {**letter, **texts}).json()["responseObject"]
    post(http, "inbox/messages", letter)
    get(http, "inbox/messages/list", userId="alice", applications=app)
    get(http, "inbox/messages/count", userId="alice", appId=app)
    get(http, "inbox/messages/count", userId="alice", appId="nobody")
    get(http, "inbox/messages/detail", id=message["id"])
    get(http, "inbox/messages/detail", id=UNKNOWN_ID)
    post(http, "inbox/messages/read", {"inboxId": message["id"]})
    post(http, "inbox/messages/read-all", {"userId": "alice", "appId": app})
    assert len({line for line in seen if line.endswith(" 200")}) == 13
    assert len({line for line in seen if line.endswith(" 400")}) == 4


def test_delete_of_credentials_has_parameters_and_no_body(paths: Any) -> None:
    operations = paths["/push/admin/app/apns"]
    assert set(operations) == {"post", "put", "delete"}
    assert "requestBody" not in operations["delete"]
    (parameter,) = operations["delete"]["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("appId", "query", True)
    assert "parameters" not in operations["post"]
    wrapped = operations["put"]["requestBody"]["content"]["application/json"]["schema"]
    members = wrapped["properties"]["requestObject"]["properties"]
    assert set(members) == {"appId", "bundle", "keyId", "teamId", "environment", "privateKeyBase64"}
    assert set(paths["/push/admin/app/ios/remove"]) == {"post", "delete"}
    assert "requestBody" in paths["/push/admin/app/ios/remove"]["delete"]


def test_messages_and_credentials_of_a_back_end(bank: Bank, settings: Settings) -> None:
    settings.PUSH_SYNCHRONOUS_TIMEOUT_S = 0
    seen: set[str] = set()
    http = judged_session(integration, seen)
    app = bank.application.id
    device(1, application_id=app)
    admin = "push/admin/app"
    get(http, f"{admin}/unconfigured/list")
    post(http, f"{admin}/create", {"appId": app})
    post(http, f"{admin}/create", {"appId": app})
    account = {"projectId": "retail-1", "privateKeyBase64": b64(service_account())}
    post(http, f"{admin}/fcm", {"appId": app, **account})
    post(http, f"{admin}/fcm", {"appId": app, "projectId": "x"})
    post(http, f"{admin}/detail", {"appId": app, "includeFcm": True})
    get(http, f"{admin}/list")
    message = {"userId": "alice", "body": {"title": "Hello", "extras": {"any": [1]}}}
    post(http, "push/message/send", {"appId": app, "mode": "ASYNCHRONOUS", "message": message})
    post(http, "push/message/send", {"appId": "nobody", "message": message})
    post(http, "push/message/batch/send", {"appId": app, "batch": [message]})
    post(http, "push/message/batch/send", {"appId": app, "batch": []})
    http.delete(f"{BASE_URL}/{admin}/fcm", params={"appId": app})
    assert len(seen) == 12
