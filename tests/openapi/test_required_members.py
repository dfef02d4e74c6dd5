"""The document of the bank's side marks what a method needs, and nothing else."""

import re
import uuid
from typing import Any

import pytest
import requests

from enrollment_server.openapi.documents import Document, IntegrationDocument, IntegrationDocumentV4
from tests.bank import Bank
from tests.wsgi import BASE_URL

CREDENTIALS = {"Authorization": "Basic Og=="}
# Codes for a request that lacks something; ERR0018 is what decryption says of anything.
INCOMPLETE = {"ERR0002", "ERR0018", "ERR0024", "ERROR_GENERIC", "ERROR_REQUEST"}
# They depend on another member, on the version of the protocol or on the template.
CONDITIONAL = {
    "/rest/v3/operation/create": {"parameters"},
    "/rest/v3/operation/offline/create": {"activationId"},
    "/rest/v3/operation/offline/qr": {"activationId"},
    "/rest/v3/operation/offline/approve": {"code"},
}
OF_A_VERSION = {"temporaryKeyId", "nonce", "timestamp"}
SAMPLES: dict[str, Any] = {
    "userId": "alice",
    "appId": "unknown",
    "id": str(uuid.uuid4()),
    "applications": "unknown",
}
Outcome = tuple[int, str | None]


def _operations(document: type[Document]) -> list[tuple[str, str, Any]]:
    paths = document().get_schema()["paths"]
    return [
        (path, verb, operation)
        for path, methods in paths.items()
        for verb, operation in methods.items()
    ]


def _outcome(answer: requests.Response) -> Outcome:
    result = answer.json().get("responseObject")
    if answer.status_code == 200 or not isinstance(result, dict):
        return answer.status_code, None
    return answer.status_code, result["code"]


class Method:
    """A method with the members of its example."""

    def __init__(self, http: requests.Session, path: str, verb: str, operation: Any) -> None:
        self._http, self._verb = http, verb
        self._url = BASE_URL + re.sub(r"\{\w+\}", "1", path)
        self._in_query = "requestBody" not in operation
        if self._in_query:
            parameters = [one for one in operation.get("parameters", []) if one["in"] == "query"]
            self.required = {one["name"] for one in parameters if one.get("required")}
            self.example = {
                one["name"]: SAMPLES[one["name"]] for one in parameters if one["name"] in SAMPLES
            }
            return
        media = operation["requestBody"]["content"]["application/json"]
        schema, example = media["schema"], media["example"]
        self._wrapped = "requestObject" in example
        if self._wrapped:
            example = example["requestObject"]
            schema = schema["properties"]["requestObject"] if "properties" in schema else {}
        # A list has no members.
        self.example = example if isinstance(example, dict) else {}
        self.required = set(schema.get("required", []))

    def call(self, members: dict[str, Any]) -> Outcome:
        if self._in_query:
            kwargs: dict[str, Any] = {"params": members}
        else:
            kwargs = {"json": {"requestObject": members} if self._wrapped else members}
        return _outcome(self._http.request(self._verb, self._url, headers=CREDENTIALS, **kwargs))


@pytest.mark.parametrize(
    ("document", "least"), [(IntegrationDocument, 150), (IntegrationDocumentV4, 100)]
)
def test_what_is_marked_is_needed_and_what_is_needed_is_marked(
    bank: Bank, http: requests.Session, document: type[Document], least: int
) -> None:
    marked = 0
    for path, verb, operation in _operations(document):
        method = Method(http, path, verb, operation)
        assert method.required <= set(method.example), path
        whole = method.call(method.example)
        for name in method.example:
            rest = {other: value for other, value in method.example.items() if other != name}
            status, code = method.call(rest)
            if name in method.required:
                marked += 1
                assert (status, code in INCOMPLETE) == (400, True), (path, name)
            elif (
                name
                not in CONDITIONAL.get(path.replace("/rest/v4/", "/rest/v3/"), set()) | OF_A_VERSION
            ):
                # Without it, the method comes as far as with it; what it made is there already.
                assert (status, code in INCOMPLETE) in {
                    (whole[0], whole[1] in INCOMPLETE),
                    (200, False),
                    (400, False),
                }, (path, name)
    assert marked > least


@pytest.mark.parametrize("name", ["applications", "templateName"])
def test_operation_create_says_it(name: str) -> None:
    operation = IntegrationDocument().get_schema()["paths"]["/rest/v3/operation/create"]["post"]
    assert operation["requestBody"]["required"] is True
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["requestObject"]
    request = schema["properties"]["requestObject"]
    assert name in request["required"]
    assert "nullable" not in request["properties"][name]
    assert request["properties"]["userId"]["nullable"] is True
