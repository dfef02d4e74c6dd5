"""Applications and their versions over HTTP."""

import base64

import pytest
import requests

from powerauth.engine.applications import applications, master_keys
from powerauth.models import Application, ApplicationVersion, MasterKeyPair
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v4.application_keys import master_keys_of
from powerauth.protocol.v4.primitives.signing import SIGNING_ALGORITHMS
from tests.api.integration.back_end import ok, refused

pytestmark = pytest.mark.django_db

AVAILABLE = [each for each in SIGNING_ALGORITHMS.values() if each.is_available()]


@pytest.mark.main_path
def test_create_makes_keys_and_a_version(http: requests.Session) -> None:
    answer = ok(http, "application/create", applicationId="PA_Tests")

    assert answer == {"applicationId": "PA_Tests", "applicationRoles": []}
    names = set(MasterKeyPair.objects.values_list("name", flat=True))
    assert names == {"PA_Tests Default Keypair"}
    version = ApplicationVersion.objects.get()
    assert (version.application_id, version.name, version.supported) == (
        "PA_Tests",
        "default",
        True,
    )
    assert len(base64.b64decode(version.application_key)) == 16
    assert version.application_key != version.application_secret


def test_create_needs_a_new_identifier(http: requests.Session) -> None:
    ok(http, "application/create", applicationId="a")

    assert refused(http, "application/create", applicationId="a") == "ERR0043"
    assert MasterKeyPair.objects.count() == len(AVAILABLE)


@pytest.mark.parametrize("application_id", [None, "", "a" * 256])
def test_create_refuses_identifier(http: requests.Session, application_id: str | None) -> None:
    assert refused(http, "application/create", applicationId=application_id) == "ERR0024"
    assert not Application.objects.exists()


@pytest.mark.parametrize("application_id", ["a" * 255, " a ", "Žluť/😀"])
def test_create_takes_any_text(http: requests.Session, application_id: str) -> None:
    answer = ok(http, "application/create", applicationId=application_id)

    assert answer["applicationId"] == application_id
    assert ok(http, "application/detail", applicationId=application_id)["versions"]


def test_list_has_every_application(http: requests.Session) -> None:
    assert ok(http, "application/list") == {"applications": []}
    applications.create("b")
    applications.create("a")
    Application.objects.filter(id="a").update(roles=["TWO", "ONE"])

    assert ok(http, "application/list") == {
        "applications": [
            {"applicationId": "a", "applicationRoles": ["ONE", "TWO"]},
            {"applicationId": "b", "applicationRoles": []},
        ]
    }


@pytest.mark.main_path
def test_detail_has_what_an_app_is_built_with(http: requests.Session) -> None:
    applications.create("a")
    applications.create_version("a", "2.0")
    Application.objects.update(roles=["ROLE"])
    applications.set_supported("a", "default", supported=False)
    public_key = master_keys.public_key("a")

    answer = ok(http, "application/detail", applicationId="a")

    versions = {version.name: version for version in ApplicationVersion.objects.all()}
    assert answer == {
        "applicationId": "a",
        "masterPublicKey": b64(public_key),
        "applicationRoles": ["ROLE"],
        "versions": [
            {
                "applicationVersionId": name,
                "applicationKey": versions[name].application_key,
                "applicationSecret": versions[name].application_secret,
                "mobileSdkConfig": answer["versions"][n]["mobileSdkConfig"],
                "supported": name == "2.0",
            }
            for n, name in enumerate(["default", "2.0"])
        ],
    }
    for version in answer["versions"]:
        config = MobileSdkConfig.parse(version["mobileSdkConfig"])
        assert b64(config.application_key) == version["applicationKey"]
        assert b64(config.application_secret) == version["applicationSecret"]
        assert config.master_public_key == public_key
        assert master_keys_of(config) == master_keys.public_keys("a")
        assert [*config.master_public_keys] == [each.configuration_id for each in AVAILABLE]
    assert (len(public_key), public_key[0]) == (65, 4)


def test_detail_shows_the_documented_configuration(http: requests.Session) -> None:
    applications.create("a")
    ApplicationVersion.objects.update(
        application_key="w4+hAeogFLTZjcSjPwbG2g==", application_secret="Szls/7JWbKN+FAOijHcsPA=="
    )
    MasterKeyPair.objects.exclude(algorithm="ECDSA_P256").delete()
    MasterKeyPair.objects.update(
        public_key=b64d(
            "BEEOwljSgItBIAnzr3f7K36s+KKoUzC8LE+K+7Dy0X6iAkcPXAjLP1KKPxdqyM/iihHAcW5x/WzJPCbtytcJo2w="
        )
    )

    answer = ok(http, "application/detail", applicationId="a")

    assert answer["versions"][0]["mobileSdkConfig"] == (
        "ARDDj6EB6iAUtNmNxKM/BsbaEEs5bP+yVmyjfhQDoox3LDwBAUEEQQ7CWNKAi0EgCfOvd/srfqz4oqhTMLwsT4r7sP"
        "LRfqICRw9cCMs/Uoo/F2rIz+KKEcBxbnH9bMk8Ju3K1wmjbA=="
    )


def test_detail_uses_the_newest_master_key(http: requests.Session) -> None:
    newest = master_keys.create(applications.create("a"))

    answer = ok(http, "application/detail", applicationId="a")

    assert answer["masterPublicKey"] == b64(bytes(newest.public_key))


def test_detail_without_master_key(http: requests.Session) -> None:
    Application.objects.create(id="a")

    assert refused(http, "application/detail", applicationId="a") == "ERR0003"


@pytest.mark.parametrize(
    ("application_id", "code"),
    [
        (None, "ERR0024"),
        ("", "ERR0015"),
        ("b", "ERR0015"),
        ("A", "ERR0015"),
        ("a" * 999, "ERR0015"),
    ],
)
def test_detail_of_nothing(http: requests.Session, application_id: str | None, code: str) -> None:
    applications.create("a")

    assert refused(http, "application/detail", applicationId=application_id) == code


@pytest.mark.main_path
def test_version_create(http: requests.Session) -> None:
    applications.create("a")

    answer = ok(http, "application/version/create", applicationId="a", applicationVersionId="2.0")

    version = ApplicationVersion.objects.get(name="2.0")
    assert answer == {
        "applicationVersionId": "2.0",
        "applicationVersionName": None,
        "applicationKey": version.application_key,
        "applicationSecret": version.application_secret,
        "supported": True,
    }
    assert len(b64d(version.application_key)) == len(b64d(version.application_secret)) == 16
    assert ApplicationVersion.objects.values("application_key").distinct().count() == 2


@pytest.mark.parametrize(
    ("application_id", "version_id", "code"),
    [
        (None, "2.0", "ERR0024"),
        ("a", None, "ERR0024"),
        ("a", "", "ERR0024"),
        ("a", "v" * 256, "ERR0024"),
        ("b", "2.0", "ERR0015"),
        ("a", "default", "ERR0043"),
    ],
)
def test_version_create_refused(
    http: requests.Session, application_id: str | None, version_id: str | None, code: str
) -> None:
    applications.create("a")
    members = {"applicationId": application_id, "applicationVersionId": version_id}

    assert refused(http, "application/version/create", **members) == code
    assert ApplicationVersion.objects.count() == 1


def test_applications_may_share_a_version_name(http: requests.Session) -> None:
    applications.create("a")
    applications.create("b")
    for application_id in "ab":
        ok(
            http,
            "application/version/create",
            applicationId=application_id,
            applicationVersionId="2.0",
        )

    assert ApplicationVersion.objects.filter(name="2.0").count() == 2


def test_support_and_unsupport(http: requests.Session) -> None:
    applications.create("a")
    applications.create("b")
    members = {"applicationId": "a", "applicationVersionId": "default"}
    for method, supported in [("unsupport", False), ("unsupport", False), ("support", True)]:
        answer = ok(http, f"application/version/{method}", **members)

        assert answer == {"applicationVersionId": "default", "supported": supported}
        assert ApplicationVersion.objects.get(application="a").supported is supported
    assert ApplicationVersion.objects.get(application="b").supported


@pytest.mark.parametrize(
    ("application_id", "version_id", "code"),
    [
        (None, "default", "ERR0024"),
        ("a", None, "ERR0024"),
        ("a", "", "ERR0015"),
        ("b", "default", "ERR0015"),
        ("a", "2.0", "ERR0015"),
    ],
)
@pytest.mark.parametrize("method", ["support", "unsupport"])
def test_support_refused(
    http: requests.Session,
    method: str,
    application_id: str | None,
    version_id: str | None,
    code: str,
) -> None:
    applications.create("a")
    members = {"applicationId": application_id, "applicationVersionId": version_id}

    assert refused(http, f"application/version/{method}", **members) == code
    assert ApplicationVersion.objects.get().supported
