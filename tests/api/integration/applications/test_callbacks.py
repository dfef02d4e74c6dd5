"""Callbacks over the integration API: integration-api.md 1.3 and 11.1."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import requests
from pytest_django import Settings

from powerauth.engine.callbacks import callback_authentication, callbacks
from powerauth.models import AuditRecord, Callback
from tests.api.integration.back_end import ok, post
from tests.bank import Bank

CREATE, UPDATE, LIST, REMOVE = (
    f"application/callback/{verb}" for verb in ("create", "update", "list", "remove")
)
URL = "https://core.bank.example/powerauth"
NO_AUTHENTICATION = {
    "certificate": {
        "enabled": False,
        "useCustomKeyStore": False,
        "keyStoreLocation": None,
        "keyStoreContentSet": False,
        "keyStorePasswordSet": False,
        "keyAlias": None,
        "keyPasswordSet": False,
        "useCustomTrustStore": False,
        "trustStoreLocation": None,
        "trustStoreContentSet": False,
        "trustStorePasswordSet": False,
    },
    "httpBasic": {"enabled": False, "username": None, "passwordSet": False},
    "oauth2": {
        "enabled": False,
        "tokenUri": None,
        "clientId": None,
        "clientSecretSet": False,
        "scope": None,
    },
}
BASIC = {"enabled": True, "username": "pa", "password": "of-basic"}
CLIENT = {
    "enabled": True,
    "tokenUri": "https://login.bank.example/token",
    "clientId": "pa",
    "clientSecret": "of-client",
    "scope": "callbacks",
}
CERTIFICATE = {
    "enabled": True,
    "useCustomKeyStore": True,
    "keyStoreLocation": "/etc/keys/client.p12",
    "keyStorePassword": "of-key-store",
    "keyAlias": "client",
    "keyPassword": "of-key",
    "useCustomTrustStore": True,
    "trustStoreLocation": "/etc/keys/trusted.pem",
    "trustStorePassword": "of-trust-store",
}
SECRETS = ("of-basic", "of-client", "of-key-store", "of-key", "of-trust-store")


def wanted(bank: Bank, **members: Any) -> dict[str, Any]:
    return {
        "applicationId": bank.application.id,
        "name": "core",
        "type": "ACTIVATION_STATUS_CHANGE",
        "callbackUrl": URL,
        "attributes": ["userId"],
        **members,
    }


def create(http: requests.Session, bank: Bank, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ok(http, CREATE, **wanted(bank, **members))
    return answer


def refused(http: requests.Session, path: str, payload: object) -> tuple[str, str]:
    """Call a method that must be refused, and give code and text."""
    response = post(http, path, payload)
    assert response.status_code == 400, response.text
    detail = response.json()["responseObject"]
    assert detail["message"] == detail["localizedMessage"]
    return detail["code"], detail["message"]


@pytest.mark.main_path
def test_a_callback_is_created_with_the_settings_as_defaults(
    http: requests.Session, bank: Bank, settings: Settings
) -> None:
    settings.CALLBACK_MAX_ATTEMPTS = 7
    settings.CALLBACK_INITIAL_BACKOFF_S = 3
    settings.CALLBACK_RETENTION_DAYS = 2
    answer = create(http, bank)
    row = Callback.objects.get()
    secret = base64.b64decode(answer.pop("signingSecret").removeprefix("whsec_"))
    assert len(secret) == 32 and secret == callbacks.signing_secret_of(row)
    assert answer == {
        "id": str(row.pk),
        "applicationId": bank.application.id,
        "name": "core",
        "type": "ACTIVATION_STATUS_CHANGE",
        "callbackUrl": URL,
        "attributes": ["userId"],
        "authentication": NO_AUTHENTICATION,
        "retentionPeriod": "PT48H",
        "initialBackoff": "PT3S",
        "maxAttempts": 7,
    }
    assert ok(http, LIST, applicationId=bank.application.id) == {"callbackUrlList": [answer]}


@pytest.mark.parametrize(
    ("given", "shown", "meant"),
    [
        ("PT2S", "PT2S", timedelta(seconds=2)),
        ("PT2.5S", "PT2.5S", timedelta(seconds=2.5)),
        ("P1DT1H1M", "PT25H1M", timedelta(hours=25, minutes=1)),
        ("P30D", "PT720H", timedelta(days=30)),
        ("PT0S", "PT0S", timedelta(0)),
        (1.25, "PT1.25S", timedelta(seconds=1.25)),
        (90, "PT1M30S", timedelta(seconds=90)),
    ],
)
def test_durations(
    http: requests.Session, bank: Bank, given: object, shown: str, meant: timedelta
) -> None:
    answer = create(http, bank, initialBackoff=given, maxAttempts=1)
    assert (answer["initialBackoff"], answer["maxAttempts"]) == (shown, 1)
    assert callbacks.initial_backoff_of(Callback.objects.get()) == meant


def test_retention_is_kept_in_whole_seconds(http: requests.Session, bank: Bank) -> None:
    assert create(http, bank, retentionPeriod="PT0.5S")["retentionPeriod"] == "PT1S"
    assert create(http, bank, retentionPeriod="P400D")["retentionPeriod"] == "PT9600H"


def test_secrets_are_kept_and_never_shown(http: requests.Session, bank: Bank) -> None:
    authentication = {"certificate": CERTIFICATE, "httpBasic": BASIC, "oauth2": CLIENT}
    answer = create(http, bank, authentication=authentication)
    shown = answer["authentication"]
    assert shown["httpBasic"] == {"enabled": True, "username": "pa", "passwordSet": True}
    assert shown["oauth2"]["tokenUri"] == CLIENT["tokenUri"]
    assert shown["oauth2"]["clientSecretSet"] is True
    sets = ("keyStorePasswordSet", "keyPasswordSet", "trustStorePasswordSet")
    assert all(shown["certificate"][name] is True for name in sets)
    assert shown["certificate"]["keyStoreLocation"] == CERTIFICATE["keyStoreLocation"]
    assert not [secret for secret in SECRETS if f'"{secret}"' in str(answer).replace("'", '"')]
    kept = callbacks.authentication_of(Callback.objects.get())
    assert (kept.http_basic.password, kept.oauth2.client_secret) == ("of-basic", "of-client")
    assert (kept.certificate.key_store_password, kept.certificate.key_password) == (
        "of-key-store",
        "of-key",
    )
    assert kept.certificate.trust_store_password == "of-trust-store"
    assert not [secret for secret in SECRETS if secret in repr(kept)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"httpBasic": {"enabled": True, "username": "new"}}, "of-basic"),
        ({"httpBasic": {"enabled": True, "username": "new", "password": None}}, "of-basic"),
        ({"httpBasic": {"enabled": True, "username": "new", "password": "other"}}, "other"),
        ({"httpBasic": {"enabled": False, "password": ""}}, None),
        ({"httpBasic": None}, "of-basic"),
        (None, "of-basic"),
    ],
)
def test_an_update_keeps_secrets_that_it_does_not_name(
    http: requests.Session, bank: Bank, given: Any, kept: str | None
) -> None:
    made = create(http, bank, authentication={"httpBasic": BASIC}, maxAttempts=3)
    secret = callbacks.signing_secret_of(Callback.objects.get())
    answer = ok(
        http,
        UPDATE,
        **wanted(bank, id=made["id"], name="new", attributes=None, authentication=given),
    )
    row = Callback.objects.get()
    http_basic = callbacks.authentication_of(row).http_basic
    assert http_basic.password == kept
    assert answer["authentication"]["httpBasic"] == {
        "enabled": bool(given and given["httpBasic"] and given["httpBasic"]["enabled"]),
        "username": ((given or {}).get("httpBasic") or {}).get("username"),
        "passwordSet": kept is not None,
    }
    assert (answer["name"], answer["attributes"], row.max_attempts) == ("new", [], None)
    assert "signingSecret" not in answer
    assert callbacks.signing_secret_of(row) == secret


ALL_WAYS = {"httpBasic": BASIC, "oauth2": CLIENT, "certificate": CERTIFICATE}
ALL_CREDENTIALS = [
    *("certificate.key_store_password", "certificate.key_password"),
    *("certificate.trust_store_password", "http_basic.password", "oauth2.client_secret"),
]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"callbackUrl": f"{URL}/deeper?query=1"}, True),
        ({"callbackUrl": URL.replace("https://core", "HTTPS://CORE")}, True),
        ({"callbackUrl": URL.replace(".example", ".example.:443")}, True),
        ({"callbackUrl": URL.replace("https", "http")}, False),
        ({"callbackUrl": URL.replace(".example", ".example:8443")}, False),
        ({"callbackUrl": URL.replace("https://", "https://api.")}, False),
        ({"callbackUrl": URL.replace(".example", ".example.evil.example")}, False),
        ({"tokenUri": None}, True),
        ({"tokenUri": "https://login.bank.example/other"}, True),
        ({"tokenUri": "https://login.bank.example:444/token"}, False),
        ({"tokenUri": "https://evil.example/token"}, False),
        ({"tokenUri": "http://login.bank.example/token"}, False),
    ],
)
def test_credentials_are_not_kept_for_another_address(
    http: requests.Session, bank: Bank, changes: dict[str, Any], kept: bool
) -> None:
    made = create(http, bank, authentication=ALL_WAYS)
    secret = callbacks.signing_secret_of(Callback.objects.get())
    given = {"callbackUrl": URL, "tokenUri": CLIENT["tokenUri"], **changes}
    authentication = {"oauth2": {"tokenUri": given.pop("tokenUri")}}
    ok(http, UPDATE, **wanted(bank, id=made["id"], authentication=authentication, **given))
    row = Callback.objects.get()
    held = callback_authentication.secrets_in(callbacks.authentication_of(row))
    assert held == (ALL_CREDENTIALS if kept else [])
    assert callbacks.signing_secret_of(row) == secret, "nobody is sent it"
    record = AuditRecord.objects.order_by("-sequence")[0]
    told = json.loads(record.before).get("credentials"), json.loads(record.after).get("credentials")
    assert told == ((None, None) if kept else (ALL_CREDENTIALS, []))


@pytest.mark.parametrize("elsewhere", [{"callbackUrl": "https://evil.example/"}, {}])
@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"httpBasic": {**BASIC, "password": None}}, ["httpBasic.password"]),
        ({"oauth2": {**CLIENT, "clientSecret": None}}, ["oauth2.clientSecret"]),
        (
            {
                "certificate": {
                    **CERTIFICATE,
                    "keyStorePassword": None,
                    "keyPassword": None,
                    "trustStorePassword": None,
                }
            },
            ["certificate.keyStorePassword", "certificate.trustStorePassword"],
        ),
    ],
)
def test_what_is_used_at_another_address_has_to_be_given_again(
    http: requests.Session,
    bank: Bank,
    elsewhere: dict[str, str],
    given: dict[str, Any],
    reasons: list[str],
) -> None:
    made = create(http, bank, authentication=ALL_WAYS)
    token_uri = CLIENT["tokenUri"] if elsewhere else "https://evil.example/token"
    client = {**given.get("oauth2", {}), "tokenUri": token_uri}
    changed = wanted(bank, id=made["id"], authentication={**given, "oauth2": client}, **elsewhere)
    code, text = refused(http, UPDATE, changed)
    assert code == "ERR0024"
    assert text == ", ".join(
        f"requestObject.authentication.{reason} - must be given again, because scheme, host or "
        "port of a URL has changed"
        for reason in reasons
    )
    row = Callback.objects.get()
    kept = callbacks.authentication_of(row)
    assert (row.url, kept.oauth2.token_uri) == (URL, CLIENT["tokenUri"])
    assert callback_authentication.secrets_in(kept) == ALL_CREDENTIALS


def test_credentials_that_come_with_another_address_are_used_there(
    http: requests.Session, bank: Bank
) -> None:
    made = create(http, bank, authentication={**ALL_WAYS, "oauth2": None})
    basic = {**BASIC, "password": "new"}
    authentication = {"httpBasic": basic, "oauth2": {"tokenUri": CLIENT["tokenUri"]}}
    url = "https://other.bank.example/"
    ok(
        http,
        UPDATE,
        **wanted(bank, id=made["id"], callbackUrl=url, authentication=authentication),
    )
    row = Callback.objects.get()
    kept = callbacks.authentication_of(row)
    assert (row.url, kept.http_basic.password) == (url, "new")
    assert callback_authentication.secrets_in(kept) == ["http_basic.password"]


def test_an_update_closes_the_circuit(http: requests.Session, bank: Bank) -> None:
    made = create(http, bank)
    Callback.objects.update(failures=200, open_until="2100-01-01T00:00:00Z")
    ok(http, UPDATE, **wanted(bank, id=made["id"]))
    row = Callback.objects.get()
    assert (row.failures, row.open_until) == (0, None)


def test_the_list_is_of_enabled_ones_by_name(
    http: requests.Session, bank: Bank, other_bank: Bank
) -> None:
    for name in ("b", "a", "c"):
        create(http, bank, name=name)
    create(http, other_bank, name="0")
    gone = Callback.objects.get(name="c")
    for removed in (True, True):
        assert ok(http, REMOVE, id=str(gone.pk)) == {"id": str(gone.pk), "removed": removed}
    listed = ok(http, LIST, applicationId=bank.application.id)["callbackUrlList"]
    assert [one["name"] for one in listed] == ["a", "b"]
    assert not any("signingSecret" in one for one in listed)
    gone.refresh_from_db()
    assert not gone.enabled
    assert refused(http, UPDATE, wanted(bank, id=str(gone.pk)))[0] == "ERR0024"


def test_nothing_to_remove(http: requests.Session, bank: Bank) -> None:
    for unknown in ("0b5d3a7e-6f0e-4b0c-8f43-0f6f4a4f1f7d", "x"):
        assert ok(http, REMOVE, id=unknown) == {"id": unknown, "removed": False}
    assert refused(http, REMOVE, {})[0] == "ERR0024"


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "name - must not be blank"),
    ({"name": " "}, "name - must not be blank"),
    ({"type": None}, "type - must not be null"),
    ({"callbackUrl": ""}, "callbackUrl - must not be blank"),
    ({"applicationId": None}, "applicationId - must not be blank"),
    ({"maxAttempts": 0}, "maxAttempts - must be greater than or equal to 1"),
    ({"initialBackoff": "-PT1S"}, "initialBackoff - must be longer than or equal to 0 seconds"),
    ({"retentionPeriod": -1}, "retentionPeriod - must be longer than or equal to 0 seconds"),
]


@pytest.mark.parametrize("path", [CREATE, UPDATE])
@pytest.mark.parametrize(("members", "reason"), INVALID)
def test_what_is_wrong_with_a_member_is_said(
    http: requests.Session, bank: Bank, path: str, members: dict[str, Any], reason: str
) -> None:
    payload = wanted(bank, id="0b5d3a7e-6f0e-4b0c-8f43-0f6f4a4f1f7d", **members)
    assert refused(http, path, payload) == ("ERR0024", f"requestObject.{reason}")


def test_everything_that_is_wrong_is_said_in_order(http: requests.Session, bank: Bank) -> None:
    _, text = refused(http, UPDATE, {"maxAttempts": -1})
    assert [part.split(" - ")[0] for part in text.split(", ")] == [
        f"requestObject.{name}"
        for name in ("applicationId", "callbackUrl", "id", "maxAttempts", "name", "type")
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"name": "x" * 256},
        {"callbackUrl": f"https://bank.example/{'x' * 1024}"},
        {"maxAttempts": 1001},
        {"initialBackoff": "P36501D"},
        {"retentionPeriod": "P36501D"},
        {"attributes": [None]},
        {"authentication": {"httpBasic": {"enabled": True, "username": "pa"}}},
        {"authentication": {"httpBasic": {"enabled": True, "username": "", "password": "x"}}},
        {"authentication": {"httpBasic": {"username": "a:b"}}},
        {"authentication": {"oauth2": {**CLIENT, "tokenUri": None}}},
        {"authentication": {"oauth2": {**CLIENT, "clientSecret": ""}}},
        {"authentication": {"certificate": {"enabled": True, "useCustomKeyStore": True}}},
        {"authentication": {"certificate": {"enabled": True, "useCustomTrustStore": True}}},
        {"authentication": {"httpBasic": {"password": "x" * 1025}}},
    ],
)
def test_what_no_callback_can_have(
    http: requests.Session, bank: Bank, members: dict[str, Any]
) -> None:
    assert refused(http, CREATE, wanted(bank, **members))[0] == "ERR0024"
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "core",
        "//bank.example/",
        "ftp://bank.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://:443/",
        "https://bank.example:99999/",
        "https://bank.example:0/",
        "https://[::1/",
        "https://bank.example/a b",
        "https://bank.example/\n",
        "https://bank.example\\@evil.example/",
        "https://bänk.example/",
        "https://user@bank.example/",
        "https://user:secret@bank.example/",
        "https://@bank.example/",
        "https://b%61nk.example/",
        "https://bank.example;x/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x:y]/",
    ],
)
def test_urls_that_cannot_be_called(http: requests.Session, bank: Bank, url: str) -> None:
    code, text = refused(http, CREATE, wanted(bank, callbackUrl=url))
    assert code == "ERR0014"
    assert "secret" not in text
    client = {**CLIENT, "tokenUri": url}
    payload = wanted(bank, authentication={"oauth2": client})
    assert refused(http, CREATE, payload)[0] == "ERR0014"
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://core.bank.example/x", True),
        ("http://CORE.bank.example:8080", True),
        ("https://deep.inside.example/", True),
        ("https://bank.example/", False),
        ("https://inside.example/", False),
        ("https://core.bank.example.evil.example/", False),
        ("https://core.bank.example./x", True),
        ("https://xn--bnk-qla.example/", True),
        ("https://[0:0:0:0:0:0:0:1]:8443/", True),
        ("https://[::ffff:127.0.0.1]/", False),
        ("https://169.254.169.254/", False),
    ],
)
def test_only_allowed_hosts_are_called(
    http: requests.Session, bank: Bank, settings: Settings, url: str, allowed: bool
) -> None:
    settings.CALLBACK_ALLOWED_HOSTS = [
        "Core.bank.example",
        "*.inside.example",
        "xn--bnk-qla.example",
        "[::1]",
    ]
    response = post(http, CREATE, wanted(bank, callbackUrl=url))
    assert Callback.objects.exists() == allowed
    if not allowed:
        assert response.json()["responseObject"]["code"] == "ERR0014"


@pytest.mark.parametrize(
    "members",
    [
        {"type": "OTHER"},
        {"type": "activation_status_change"},
        {"maxAttempts": "three"},
        {"maxAttempts": 1.5},
        {"attributes": "userId"},
        {"initialBackoff": "2 s"},
        {"initialBackoff": "P"},
        {"initialBackoff": "PT"},
        {"initialBackoff": "P1Y"},
        {"initialBackoff": "00:00:02"},
        {"initialBackoff": f"P{'9' * 30}D"},
        {"initialBackoff": 1e300},
        {"initialBackoff": True},
        {"retentionPeriod": {}},
        {"authentication": []},
        {"authentication": {"httpBasic": "pa:x"}},
        {"authentication": {"httpBasic": {"enabled": "on"}}},
    ],
)
def test_values_of_a_wrong_type(
    http: requests.Session, bank: Bank, members: dict[str, Any]
) -> None:
    assert refused(http, CREATE, wanted(bank, **members))[0] == "ERROR_HTTP_REQUEST"


def test_the_application_has_to_exist(http: requests.Session, bank: Bank, other_bank: Bank) -> None:
    made = create(http, bank)
    assert refused(http, CREATE, wanted(bank, applicationId="none"))[0] == "ERR0015"
    assert refused(http, UPDATE, wanted(bank, id=made["id"], applicationId="none"))[0] == "ERR0015"
    assert ok(http, LIST, applicationId="none") == {"callbackUrlList": []}
    assert refused(http, LIST, {})[0] == "ERR0024"
    assert refused(http, UPDATE, wanted(other_bank, id=made["id"]))[0] == "ERR0024"
    assert refused(http, UPDATE, wanted(bank, id="x"))[0] == "ERR0024"


def test_a_client_is_read_by_the_name_of_line_2_as_well(http: requests.Session, bank: Bank) -> None:
    answer = create(http, bank, authentication={"oAuth2": CLIENT})
    shown = answer["authentication"]["oauth2"]
    assert (shown["enabled"], shown["clientSecretSet"]) == (True, True)
    assert callbacks.authentication_of(Callback.objects.get()).oauth2.client_secret == "of-client"


def test_a_client_has_one_name_at_a_time(http: requests.Session, bank: Bank) -> None:
    members = wanted(bank, authentication={"oauth2": CLIENT, "oAuth2": CLIENT})
    assert refused(http, CREATE, members)[0] == "ERR0024"
    assert not Callback.objects.exists()


@pytest.mark.parametrize("store", ["keyStoreContent", "trustStoreContent"])
def test_stores_are_files_and_their_content_is_not_left_out_in_silence(
    http: requests.Session, bank: Bank, store: str
) -> None:
    content = base64.b64encode(b"a store").decode()
    members = wanted(bank, authentication={"certificate": {**CERTIFICATE, store: content}})
    assert refused(http, CREATE, members) == (
        "ERR0024",
        f"requestObject.authentication.certificate.{store} - must be null: "
        "stores are files of the server",
    )
    assert not Callback.objects.exists()
    shown = create(http, bank, authentication={"certificate": {**CERTIFICATE, store: None}})
    assert shown["authentication"]["certificate"][f"{store}Set"] is False
