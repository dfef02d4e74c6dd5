"""The documents are complete, and say of each endpoint what the endpoint says of itself."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema_rs import Draft202012Validator
from pytest_django import Settings

from activation.mobile import errors as activation_errors
from enrollment_server.api import errors as api_errors
from enrollment_server.api import mobile as mobile_errors
from enrollment_server.api.errors import ApiError
from enrollment_server.openapi.catalogue import endpoints, schemas
from enrollment_server.openapi.documents import (
    Document,
    IntegrationDocument,
    IntegrationDocumentV4,
    MobileDocument,
)
from inbox import errors as inbox_errors
from operations import errors as operation_errors
from operations.mobile import template_list
from powerauth.errors import ErrorCode
from powerauth.standard import errors as standard_errors
from powerauth.standard.v4 import errors as standard_errors_4
from push import errors as push_errors

DOCUMENTS = [MobileDocument, IntegrationDocument, IntegrationDocumentV4]
JSON = "application/json"
OPERATIONS = "/api/auth/token/app/operation"
# What the transport or a method that is missing refuses with belongs to no endpoint.
OF_NO_ENDPOINT = {
    api_errors.Forbidden,
    api_errors.MalformedRequest,
    api_errors.MethodNotAllowed,
}


@pytest.fixture(scope="module")
def mobile() -> Any:
    return MobileDocument().get_schema()


@pytest.fixture(scope="module")
def integration() -> Any:
    return IntegrationDocument().get_schema()


@pytest.fixture(scope="module")
def integration4() -> Any:
    return IntegrationDocumentV4().get_schema()


def routed(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routed(pattern.url_patterns, path)
        else:
            yield path


def below(*prefixes: str) -> set[str]:
    return {path for path in routed(get_resolver().url_patterns) if path.startswith(prefixes)}


def test_every_path_is_documented(mobile: Any, integration: Any, integration4: Any) -> None:
    assert set(mobile["paths"]) == below("/pa/v3/", "/pa/v4/", "/api/")
    assert set(integration["paths"]) == below("/rest/v3/", "/push/", "/inbox/")
    assert set(integration4["paths"]) == below("/rest/v4/")
    assert len(mobile["paths"]) >= 31
    assert len(integration["paths"]) >= 32
    documented = (mobile, integration, integration4)
    assert set(endpoints()) == {path for one in documented for path in one["paths"]}


def test_every_schema_is_used(mobile: Any, integration: Any, integration4: Any) -> None:
    documented = (mobile, integration, integration4)
    used = {name for one in documented for name in one["components"]["schemas"]}
    assert used == set(schemas())


def refusals(document: Any) -> set[tuple[int, str, str]]:
    """Give status, code and message of every refusal in a document."""
    return {
        (int(status), detail["code"], detail["message"])
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        for example in response["content"].get(JSON, {}).get("examples", {}).values()
        for detail in [example["value"]["responseObject"]]
    }


@pytest.mark.parametrize(
    "module",
    [
        api_errors,
        mobile_errors,
        operation_errors,
        push_errors,
        inbox_errors,
        activation_errors,
        standard_errors,
        standard_errors_4,
        template_list,
    ],
)
def test_every_refusal_is_documented(mobile: Any, module: object) -> None:
    known = {(status, code) for status, code, _ in refusals(mobile)}
    own = {
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ApiError)
    }
    assert own - {ApiError} - OF_NO_ENDPOINT
    for error in own - {ApiError} - OF_NO_ENDPOINT:
        assert (int(error.http_status), error.code) in known, error


def test_messages_are_the_exact_ones(mobile: Any, integration: Any) -> None:
    assert {
        (401, "POWERAUTH_AUTH_FAIL", "Authentication failed"),
        (401, "POWERAUTH_AUTH_FAIL", "Unable to verify device registration"),
        (400, "INVALID_REQUEST", "Template not found"),
        (401, "OPERATION_FAILED", "PowerAuth server operation rejection fails"),
        (409, "REMOTE_COMMUNICATION_ERROR", "Communication with remote system failed."),
    } <= refusals(mobile)
    assert (400, ErrorCode.OPERATION_STATE.value, ErrorCode.OPERATION_STATE.message) in refusals(
        integration
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_operation_has_both_envelopes(document: type[Document]) -> None:
    for path, methods in document().get_schema()["paths"].items():
        for operation in methods.values():
            statuses = set(operation["responses"])
            never_succeeds = "it always refuses" in operation["description"]
            assert ("200" in statuses) is not never_succeeds, path
            assert statuses & {"400", "401"}, path
            assert "500" in statuses, path
            assert operation["summary"]
            assert operation["tags"]


def as_json_schema(value: Any) -> Any:
    """Write a schema of OpenAPI 3.0 as JSON schema: `nullable` is its own word for null."""
    if isinstance(value, list):
        return [as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    schema = {name: as_json_schema(item) for name, item in value.items() if name != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if value.get("nullable") is True else schema


def validator(schema: Any) -> Draft202012Validator:
    components = {"schemas": as_json_schema(schemas())}
    return Draft202012Validator({**as_json_schema(schema), "components": components})


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples_fit_their_schemas(document: type[Document]) -> None:
    for path, methods in document().get_schema()["paths"].items():
        for operation in methods.values():
            parts = [*operation["responses"].values(), operation.get("requestBody")]
            # An image has no example.
            for media in (
                part["content"][JSON] for part in parts if part and JSON in part["content"]
            ):
                examples = [item["value"] for item in media.get("examples", {}).values()]
                for example in [*examples, *([media["example"]] if "example" in media else [])]:
                    validator(media["schema"]).validate(example)
                assert examples or "example" in media, path


@pytest.mark.parametrize("path", sorted(endpoints()))
def test_decrypted_examples_fit_their_schemas(path: str) -> None:
    endpoint = endpoints()[path]
    assert (endpoint.result is None) is (endpoint.result_example is None)
    if endpoint.body is not None:
        validator(endpoint.body).validate(endpoint.example)
    if endpoint.result is not None:
        validator(endpoint.result).validate(endpoint.result_example)


def test_examples_that_do_not_fit_are_found() -> None:
    schema = endpoints()["/api/inbox/count"].result
    assert not validator(schema).is_valid({"status": "OK", "responseObject": {}})
    attribute = {"type": "HEADING", "id": "x", "label": "y", "level": None}
    assert not validator(schemas()["Attribute"]).is_valid(attribute)


SIGNATURE: Any = {"PowerAuthSignature": []}
TOKEN: Any = {"PowerAuthToken": []}
ENCRYPTION: Any = {"PowerAuthEncryption": []}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{OPERATIONS}/list", [TOKEN, SIGNATURE]),
        (f"{OPERATIONS}/history", [SIGNATURE]),
        ("/api/push/device/register", [TOKEN, SIGNATURE]),
        ("/api/push/device/register/token", [TOKEN]),
        ("/api/inbox/count", [TOKEN]),
        ("/api/activation/code", [SIGNATURE]),
        ("/api/config/oidc", [ENCRYPTION]),
        ("/pa/v3/status", [{}]),
        ("/pa/v3/keystore/create", [{}]),
        ("/pa/v3/activation/create", [ENCRYPTION]),
        ("/pa/v3/activation/detail", [TOKEN | ENCRYPTION]),
        ("/pa/v3/activation/rename", [SIGNATURE]),
        ("/pa/v3/token/create", [SIGNATURE]),
        ("/pa/v3/upgrade/start", [ENCRYPTION]),
        ("/pa/v3/vault/unlock", [SIGNATURE]),
        ("/pa/v4/keystore/create", [{}]),
        ("/pa/v4/activation/create", [ENCRYPTION]),
        ("/pa/v4/activation/status", [ENCRYPTION]),
        ("/pa/v4/activation/confirm", [SIGNATURE]),
        ("/pa/v4/activation/detail", [TOKEN | ENCRYPTION]),
        ("/pa/v4/auth/validate", [SIGNATURE]),
        ("/pa/v4/password/change", [SIGNATURE]),
        ("/pa/v4/vault/unlock", [SIGNATURE]),
        ("/pa/v4/upgrade/start", [{**SIGNATURE, **ENCRYPTION}]),
        ("/pa/v4/upgrade/confirm", [SIGNATURE]),
    ],
)
def test_security(mobile: Any, path: str, expected: list[Any]) -> None:
    assert mobile["paths"][path]["post"]["security"] == expected


def test_headers_are_security_schemes(mobile: Any, integration: Any) -> None:
    schemes = mobile["components"]["securitySchemes"]
    headers = {scheme["name"] for scheme in schemes.values() if scheme.get("in") == "header"}
    assert headers == {"X-PowerAuth-Authorization", "X-PowerAuth-Token", "X-PowerAuth-Encryption"}
    basic = integration["components"]["securitySchemes"]["IntegrationCredentials"]
    assert (basic["type"], basic["scheme"]) == ("http", "basic")


def test_security_follows_the_settings(settings: Settings) -> None:
    settings.SIGNATURE_ACCEPTED_WITH_TOKEN = False
    settings.INTEGRATION_AUTH_REQUIRED = True
    listed = MobileDocument().get_schema()["paths"][f"{OPERATIONS}/list"]["post"]
    assert listed["security"] == [TOKEN]
    assert "`/operation/list`" not in listed["description"]
    status = IntegrationDocument().get_schema()["paths"]["/rest/v3/status"]["post"]
    assert status["security"] == [{"IntegrationCredentials": []}]


def test_resource_ids_and_factors_are_told(mobile: Any) -> None:
    text = mobile["paths"][f"{OPERATIONS}/history"]["post"]["description"]
    assert "`possession_knowledge` or `possession_biometry`" in text
    assert "`/operation/history`" in text


def test_encrypted_endpoints_tell_what_is_inside(mobile: Any, settings: Settings) -> None:
    operation = mobile["paths"]["/api/config/oidc"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    names = ("EncryptedRequest", "EncryptedRequest4")
    references = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    assert body == {"anyOf": references}
    for number, reference in zip((3, 4), references, strict=True):
        created = mobile["paths"][f"/pa/v{number}/activation/create"]["post"]
        assert created["requestBody"]["content"][JSON]["schema"] == reference
    assert operation["x-powerauth-plaintext"]["request"]["required"] == ["providerId"]
    assert '"providerId": "abc"' in operation["description"]
    settings.ACTIVATION_SPAWN_REQUIRE_ENCRYPTION = True
    code = MobileDocument().get_schema()["paths"]["/api/activation/code"]["post"]
    assert code["requestBody"]["content"]["application/json"]["schema"] == body


@pytest.mark.parametrize(
    "document", ["MobileDocument", "IntegrationDocument", "IntegrationDocumentV4"]
)
def test_the_generator_has_no_warning(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "spectacular",
        generator_class=f"enrollment_server.openapi.documents.{document}",
        validate=True,
        fail_on_warn=True,
    )
    assert capsys.readouterr().err == ""
