"""Which methods `/rest/v4` has, and that they are those of `/rest/v3`: protocol-4.md 34.2."""

from collections.abc import Iterable

import pytest
import requests
from django.urls import URLPattern

from operations.integration import urls as operations_v3
from operations.integration import urls_v4 as operations_v4
from powerauth.integration import urls as engine_v3
from powerauth.integration.api import IntegrationView
from powerauth.integration.v4 import urls as engine_v4
from tests.api.integration.back_end import ok, told
from tests.api.integration.trees import session_v4
from tests.bank import Bank
from tests.wsgi import BASE_URL

ONLY_IN_V3 = {
    *("recovery/config/detail", "recovery/config/update", "recovery/create", "recovery/confirm"),
    *("recovery/lookup", "recovery/revoke", "activation/recovery/create"),
    *("signature/verify", "signature/list", "signature/ecdsa/verify", "signature/ecdsa/sign"),
    "signature/offline/personalized/create",
    *("signature/offline/non-personalized/create", "signature/offline/verify"),
    *("ecies/decryptor", "upgrade/commit"),
}
ONLY_IN_V4 = {
    *("auth/verify", "auth/offline/verify", "auth/offline/personalized/create"),
    *("auth/offline/non-personalized/create", "audit/list", "encryptor"),
    *("dsa/sign", "dsa/verify", "jwt/sign", "jwt/verify", "upgrade/confirm"),
    *("activation/confirm", "password/change", "biometry/add", "biometry/remove"),
}
# From 2 to 3 in one tree, from 3 to 4 in the other.
OF_ITS_OWN = "upgrade/start"
# Of 34.2: all but our own four, and one that the reference client has no method for.
OUR_OWN = {"claim/release", "offline/create", "offline/qr", "offline/approve", "list/external"}


def views(patterns: Iterable[URLPattern]) -> dict[str, type[IntegrationView]]:
    return {str(one.pattern): one.callback.view_class for one in patterns}  # type: ignore[attr-defined] # set by as_view


V3 = views(engine_v3.urlpatterns) | views(operations_v3.urlpatterns)
V4 = views(engine_v4.urlpatterns) | views(operations_v4.urlpatterns)


def test_each_tree_has_what_the_other_has_but_for_the_lists() -> None:
    assert set(V3) - set(V4) == ONLY_IN_V3
    assert set(V4) - set(V3) == ONLY_IN_V4
    common = set(views(engine_v3.urlpatterns)) & set(views(engine_v4.urlpatterns))
    operations = set(views(operations_v3.urlpatterns)) - OUR_OWN
    assert len(common - {OF_ITS_OWN}) + len(operations) == 62


@pytest.mark.parametrize("route", sorted(set(V3) & set(V4) - {OF_ITS_OWN}))
def test_a_method_of_both_trees_is_written_once(route: str) -> None:
    there, here = V3[route], V4[route]
    assert (there.tree, here.tree) == (3, 4)
    assert issubclass(here, there)
    assert here.changes is there.changes


@pytest.mark.parametrize(
    "path",
    sorted([*(f"v4/{route}" for route in ONLY_IN_V3), *(f"v3/{route}" for route in ONLY_IN_V4)]),
)
def test_what_only_the_other_tree_has_is_not_found(
    http: requests.Session, db: None, path: str
) -> None:
    answer = http.post(f"{BASE_URL}/rest/{path}", json={"requestObject": {}})
    assert answer.status_code == 404
    assert answer.json()["responseObject"]["code"] == "ERROR_NOT_FOUND"


def test_a_template_is_asked_for_in_the_singular_and_answered_in_the_plural(
    http: requests.Session, db: None
) -> None:
    """Trap 30: both are lists."""
    template = {
        "templateName": "login",
        "operationType": "login",
        "dataTemplate": "A2",
        "authenticationCodeType": ["POSSESSION", "POSSESSION_KNOWLEDGE"],
        "maxFailureCount": 5,
        "expiration": 300,
    }
    url = f"{BASE_URL}/rest/v4/operation/template"
    made = http.post(f"{url}/create", json={"requestObject": template}).json()["responseObject"]
    assert made["authenticationCodeTypes"] == ["POSSESSION", "POSSESSION_KNOWLEDGE"]
    assert not {"signatureType", "authenticationCodeType"} & set(made)
    changed = {**template, "id": made["id"], "authenticationCodeType": ["POSSESSION"]}
    updated = http.post(f"{url}/update", json={"requestObject": changed}).json()["responseObject"]
    assert updated["authenticationCodeTypes"] == ["POSSESSION"]
    plural = {**template, "authenticationCodeTypes": template["authenticationCodeType"]}
    del plural["authenticationCodeType"]
    refused = http.post(f"{url}/create", json={"requestObject": plural})
    rule = "must name at least one type, and none twice"
    assert told(refused) == ("ERR0024", f"requestObject.authenticationCodeType - {rule}")


def test_free_members_keep_their_names(bank: Bank) -> None:
    free = {"signatureType": "in a parameter", "mac": "as well"}
    made = ok(
        session_v4(),
        "operation/create",
        userId="alice",
        templateName="payment",
        applications=[bank.application.id],
        parameters={"amount": "1", "currency": "CZK", "iban": "CZ1", **free},
        additionalData=free,
    )
    assert free.items() <= made["parameters"].items()
    assert made["additionalData"] == free
