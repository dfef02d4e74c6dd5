"""Credentials of applications, set by back ends: push-and-inbox.md 9."""

import json
from typing import Any

import pytest
import requests

from powerauth.models import AuditRecord
from powerauth.protocol.encoding import b64
from push.credentials import services
from push.credentials.opening import opened
from push.models import PushAppCredentials, PushChannel
from push.providers.values import ApnsKey, FcmAccount, HmsAccount
from tests.api.push_server import NO_APP, done, get, post, refusal, result, violations
from tests.bank import Bank
from tests.push.accounts import every_provider, p8, service_account
from tests.wsgi import BASE_URL

APP = "push/admin/app"
NOT_FOUND = ("ERROR_APP_NOT_FOUND", "Application with given ID does not exist")


def created(http: requests.Session, bank: Bank) -> str:
    application_id = bank.application.id
    answer = result(post(http, f"{APP}/create", {"appId": application_id}))
    assert answer == {"appId": application_id}
    return application_id


def apple(application_id: str, **changes: object) -> dict[str, Any]:
    usual = {"bundle": "com.bank", "keyId": "KEY", "teamId": "TEAM"}
    return {"appId": application_id, **usual, "privateKeyBase64": b64(p8()), **changes}


def google(application_id: str, **changes: object) -> dict[str, Any]:
    usual = {"projectId": "retail-1", "privateKeyBase64": b64(service_account())}
    return {"appId": application_id, **usual, **changes}


def huawei(application_id: str, **changes: object) -> dict[str, Any]:
    usual = {"projectId": "9", "clientId": "1", "clientSecret": "hms-secret"}
    return {"appId": application_id, **usual, **changes}


def row() -> PushAppCredentials:
    return PushAppCredentials.objects.get()


@pytest.mark.main_path
def test_from_the_first_to_the_last(http: requests.Session, bank: Bank) -> None:
    app = bank.application.id
    shown = {"appId": app, "apns": False, "fcm": False, "hms": False}
    assert result(get(http, f"{APP}/list")) == {"applicationList": []}
    assert result(get(http, f"{APP}/unconfigured/list")) == {"applicationList": [shown]}
    created(http, bank)
    assert result(get(http, f"{APP}/list")) == {"applicationList": [shown]}
    assert result(get(http, f"{APP}/unconfigured/list")) == {"applicationList": []}
    done(post(http, f"{APP}/apns", apple(app, environment="production")))
    done(post(http, f"{APP}/fcm", google(app), method="PUT"))
    done(post(http, f"{APP}/hms", huawei(app)))
    everything = {"appId": app, "apns": True, "fcm": True, "hms": True}
    assert result(get(http, f"{APP}/list")) == {"applicationList": [everything]}
    assert isinstance(opened(row(), "apns"), ApnsKey)
    assert isinstance(opened(row(), "fcm"), FcmAccount)
    assert isinstance(opened(row(), "hms"), HmsAccount)
    asked = {"appId": app, "includeApns": True, "includeFcm": True, "includeHms": True}
    detail = post(http, f"{APP}/detail", asked)
    assert result(detail) == {
        "application": everything,
        "apnsBundle": "com.bank",
        "apnsKeyId": "KEY",
        "apnsTeamId": "TEAM",
        "apnsEnvironment": "production",
        "fcmProjectId": "retail-1",
        "hmsProjectId": "9",
        "hmsClientId": "1",
    }
    assert "PRIVATE" not in detail.text and "secret" not in detail.text
    for platform in ("apns", "fcm", "hms"):
        done(http.delete(f"{BASE_URL}/{APP}/{platform}", params={"appId": app}))
    assert result(get(http, f"{APP}/list")) == {"applicationList": [shown]}
    assert not PushChannel.objects.filter(enabled=True).exists()


def test_detail_tells_what_is_asked_for(http: requests.Session, bank: Bank) -> None:
    every_provider(bank.application.id)
    detail = result(post(http, f"{APP}/detail", {"appId": bank.application.id, "includeFcm": True}))
    told = {name for name, value in detail.items() if value is not None}
    assert told == {"application", "fcmProjectId"}


def test_the_names_of_before(http: requests.Session, bank: Bank) -> None:
    app = created(http, bank)
    for name, member, settings in (
        ("ios", "apns", apple(app)),
        ("android", "fcm", google(app)),
        ("huawei", "hms", huawei(app)),
    ):
        done(post(http, f"{APP}/{name}/update", settings))
        done(post(http, f"{APP}/{name}/update", settings, method="PUT"))
        (listed,) = result(get(http, f"{APP}/list"))["applicationList"]
        assert listed[member]
        done(post(http, f"{APP}/{name}/remove", {"appId": app}))
        done(post(http, f"{APP}/{name}/remove", {"appId": app}, method="DELETE"))
        (listed,) = result(get(http, f"{APP}/list"))["applicationList"]
        assert not listed[member]


@pytest.mark.parametrize(
    ("path", "changes", "member", "said"),
    [
        ("apns", {"privateKeyBase64": b64(b"no key")}, "privateKeyBase64", "P-256"),
        ("apns", {"privateKeyBase64": None}, "privateKeyBase64", "must not be blank"),
        ("apns", {"bundle": None}, "bundle", "must not be blank"),
        ("apns", {"environment": "test"}, "environment", "development or production"),
        ("fcm", {"privateKeyBase64": b64(b"{}")}, "privateKeyBase64", "service account"),
        ("fcm", {"projectId": ""}, "projectId", "must not be blank"),
        ("hms", {"clientSecret": None}, "clientSecret", "must not be blank"),
        ("hms", {"clientId": "x" * 256}, "clientId", "at most 255"),
    ],
)
def test_what_no_provider_takes(
    http: requests.Session, bank: Bank, path: str, changes: dict[str, Any], member: str, said: str
) -> None:
    app = created(http, bank)
    usual = {"apns": apple, "fcm": google, "hms": huawei}[path](app, **changes)
    response = post(http, f"{APP}/{path}", usual)
    assert violations(response) == [(member, None)]
    assert said in response.json()["responseObject"]["violations"][0]["hint"]
    assert not PushChannel.objects.exists()


def test_keys_are_base64(http: requests.Session, bank: Bank) -> None:
    app = created(http, bank)
    code, text = refusal(post(http, f"{APP}/apns", apple(app, privateKeyBase64="not base64!")))
    assert (code, text) == ("ERROR_HTTP_REQUEST", "requestObject.privateKeyBase64 - must be Base64")


@pytest.mark.parametrize("path", ["detail", "ios/remove"])
def test_an_application_without_credentials(http: requests.Session, bank: Bank, path: str) -> None:
    assert refusal(post(http, f"{APP}/{path}", {"appId": bank.application.id})) == NOT_FOUND


@pytest.mark.parametrize("path", ["detail", "apns", "fcm", "hms", "ios/remove"])
def test_no_application_is_named(http: requests.Session, bank: Bank, path: str) -> None:
    assert refusal(post(http, f"{APP}/{path}", {"mode": "x"})) == NO_APP


def test_nothing_is_set_of_an_application_without_credentials(
    http: requests.Session, bank: Bank
) -> None:
    assert refusal(post(http, f"{APP}/apns", apple(bank.application.id))) == NOT_FOUND


def test_the_former_name_does_not_delete(http: requests.Session, bank: Bank) -> None:
    app = created(http, bank)
    answer = http.delete(f"{BASE_URL}/{APP}/ios/update", json={"requestObject": {"appId": app}})
    assert answer.status_code == 405


def test_deletion_names_its_application(http: requests.Session, bank: Bank) -> None:
    assert refusal(http.delete(f"{BASE_URL}/{APP}/apns")) == NO_APP
    unknown = http.delete(f"{BASE_URL}/{APP}/apns", params={"appId": "nobody"})
    assert refusal(unknown) == NOT_FOUND


def test_an_application_has_credentials_once(http: requests.Session, bank: Bank) -> None:
    app = created(http, bank)
    again = post(http, f"{APP}/create", {"appId": app})
    assert again.status_code == 409
    assert again.json()["responseObject"]["code"] == "ERROR_DATA_INTEGRITY"
    assert refusal(post(http, f"{APP}/create", {"appId": "nobody"})) == NOT_FOUND
    assert PushAppCredentials.objects.count() == 1


def test_the_audit_log_tells_what_changed_and_no_secret(http: requests.Session, bank: Bank) -> None:
    app = created(http, bank)
    done(post(http, f"{APP}/hms", huawei(app)))
    done(http.delete(f"{BASE_URL}/{APP}/hms", params={"appId": app}))
    records = AuditRecord.objects.filter(object_type="push_credentials").order_by("pk")
    assert [(each.action, each.object_id) for each in records] == [
        ("push/admin/app/create", app),
        ("push/admin/app/hms", app),
        ("push/admin/app/hms", app),
    ]
    assert json.loads(records[1].after) == {
        "hms_project_id": "9",
        "hms_client_id": "1",
        "hms_client_secret": "(hidden)",
    }
    assert "hms-secret" not in "".join(each.before + each.after for each in records)


def test_credentials_are_needed(http: requests.Session, bank: Bank, settings: Any) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    for response in (
        get(http, f"{APP}/list"),
        post(http, f"{APP}/apns", apple(bank.application.id)),
        http.delete(f"{BASE_URL}/{APP}/apns", params={"appId": bank.application.id}),
        post(http, "push/message/send", {}),
    ):
        assert response.status_code == 401
    assert services.find(bank.application.id) is None
