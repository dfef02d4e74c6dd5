"""What back ends really do below `/rest/v4`: each answer is described by its document."""

from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.suites import Suite, available_suites
from tests.api.integration.v4 import (
    test_activations,
    test_credentials,
    test_encryption,
    test_factors,
    test_offline,
    test_signing,
    test_upgrades,
)
from tests.api.integration.v4.calls import ok, opened, post, proof, sealed
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, new_phone
from tests.engine.upgrades.moving import Moving
from tests.openapi.conformity import integration_v4, judged_session
from tests.openapi.test_real_requests import accepted

EACH_SUITE = pytest.mark.parametrize("suite", available_suites(), ids=lambda suite: suite.name)


def activated(http: requests.Session, bank: Bank, suite: Suite) -> Phone4:
    """Have a phone activated by its back end."""
    phone = new_phone(bank.application, suite)
    by_user = {"userId": "alice", "applicationId": bank.application.id}
    new = ok(http, "activation/init", **by_user, commitPhase="ON_KEY_EXCHANGE")
    ok(http, "activation/status", activationId=new["activationId"])
    phone.temporary[Scope.APPLICATION] = temporary_key(http, phone)
    members, made = sealed(phone, phone.offered(), Encryptor.ACTIVATION_LAYER_2)
    answer = ok(http, "activation/prepare", activationCode=new["activationCode"], **members)
    test_activations.taken_over(phone, opened(made, answer))
    return phone


def temporary_key(http: requests.Session, phone: Phone4) -> tuple[str, bytes]:
    jwt, offer = phone.key_request(Scope.APPLICATION)
    told = phone.verified(Scope.APPLICATION, ok(http, "keystore/create", jwt=jwt)["jwt"])
    return told.key_id, offer.accept(told.shared_secret)


@EACH_SUITE
def test_the_life_of_an_activation(db: None, bank: Bank, suite: Suite) -> None:
    seen: set[str] = set()
    http = judged_session(integration_v4, seen)
    phone = activated(http, bank, suite)
    ok(http, "application/detail", applicationId=bank.application.id)
    ok(http, "activation/confirm", **test_activations.confirming(phone))
    ok(http, "activation/status", activationId=phone.activation_id)
    assert ok(http, "auth/verify", **proof(phone.signed()))["authenticationValid"]
    test_factors.agreed(http, phone, "password/change")
    test_factors.agreed(http, phone, "biometry/add")
    ok(http, "biometry/remove", activationId=phone.activation_id)
    token = test_credentials.created(http, phone)
    assert ok(http, "token/validate", **test_credentials.using(token))["tokenValid"]
    assert ok(http, "vault/unlock", **test_credentials.unlocking(phone)[0])["authenticationValid"]
    ok(http, "encryptor", **test_encryption.asking(phone, Encryptor.ACTIVATION_GENERIC)[0])
    ok(http, "audit/list", userId="alice")
    made = ok(http, "auth/offline/personalized/create", **of(phone), data=test_offline.DATA)
    base, code = test_offline.typed(phone, made["nonce"])
    ok(http, "auth/offline/verify", **of(phone), data=base, authenticationCode=code)
    by_id = {"applicationId": bank.application.id, "data": test_offline.DATA}
    ok(http, "auth/offline/non-personalized/create", **by_id)
    assert len(accepted(seen)) == 18


def of(phone: Phone4) -> dict[str, Any]:
    return {"activationId": phone.activation_id}


@EACH_SUITE
def test_signatures_by_key_pairs(db: None, bank: Bank, suite: Suite) -> None:
    seen: set[str] = set()
    http = judged_session(integration_v4, seen)
    phone = new_phone(bank.application, suite)
    phone.activate(phone.begin())
    ok(http, "dsa/sign", **of(phone), **test_signing.SIGNED)
    signed = {**of(phone), **test_signing.SIGNED, "signature": b64(b"x"), "signatureType": "ECDSA"}
    ok(http, "dsa/verify", **signed)
    for form in (test_signing.JSON, test_signing.COMPACT):
        made = ok(http, "jwt/sign", **of(phone), **test_signing.SIGNED, **form)
        ok(http, "jwt/verify", **of(phone), signedData=made["signedData"], **form)
    assert len(accepted(seen)) == 4


@EACH_SUITE
def test_an_upgrade(bank: Bank, suite: Suite, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    seen: set[str] = set()
    http = judged_session(integration_v4, seen)
    moving = Moving.of(bank, suite)
    test_upgrades.started(http, moving)
    refused = post(http, "upgrade/confirm", **test_upgrades.confirming(moving))
    assert refused.status_code == 400
    assert ok(http, "auth/verify", **proof(moving.code()))["authenticationValid"]
    ok(http, "upgrade/confirm", **test_upgrades.confirming(moving))
    assert len(accepted(seen)) == 3


def test_operations(bank: Bank) -> None:
    seen: set[str] = set()
    http = judged_session(integration_v4, seen)
    template = {
        "operationType": "login",
        "dataTemplate": "A2",
        "authenticationCodeType": ["POSSESSION"],
        "maxFailureCount": 5,
        "expiration": 300,
    }
    created = ok(http, "operation/template/create", templateName="sign-in", **template)
    ok(http, "operation/template/update", id=created["id"], **template)
    ok(http, "operation/template/list")
    applications = {"applications": [bank.application.id]}
    new = ok(http, "operation/create", userId="alice", templateName="sign-in", **applications)
    ok(http, "operation/list", userId="alice", **applications)
    ok(http, "operation/list/pending", userId="alice", **applications)
    decided = ok(
        http,
        "operation/approve",
        operationId=new["id"],
        userId="alice",
        applicationId=bank.application.id,
        data=new["data"],
        authenticationCodeType="POSSESSION",
    )
    assert decided["result"] == "APPROVED"
    ok(http, "operation/detail", operationId=new["id"])
    assert len(accepted(seen)) == 8
