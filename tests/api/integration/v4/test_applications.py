"""`application/detail` of `/rest/v4`: protocol-4.md 34.1 and 34.3."""

from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from powerauth.protocol.v4.suites import available_suites
from tests.api.integration import back_end
from tests.api.integration.v4.calls import ok, refused
from tests.bank import Bank
from tests.engine.generations_four.phone import configure

PATH = "application/detail"
SUITES = [suite.name for suite in available_suites()]


def test_algorithms_in_the_place_of_a_key(http: requests.Session, bank: Bank) -> None:
    by_id = {"applicationId": bank.application.id}
    there = back_end.ok(http, PATH, **by_id)
    del there["masterPublicKey"]
    assert ok(http, PATH, **by_id) == {**there, "supportedAlgorithms": ["EC_P256", *SUITES]}
    assert refused(http, PATH, applicationId="unknown") == "ERR0015"
    assert refused(http, PATH) == "ERR0024"


@pytest.mark.parametrize(
    ("configured", "told"),
    [
        (["EC_P384"], ["EC_P384"]),
        (["EC_P256"], ["EC_P256"]),
        (["EC_P384", "EC_P256", "ML_L3", 4], ["EC_P256", "EC_P384"]),
        ([], ["EC_P256", *SUITES]),
    ],
)
def test_what_the_configuration_allows(
    http: requests.Session, bank: Bank, configured: list[Any], told: list[str]
) -> None:
    configure(bank.application, "cryptography_algorithms_supported", configured)
    answer = ok(http, PATH, applicationId=bank.application.id)
    assert answer["supportedAlgorithms"] == told


def test_a_server_for_protocol_4_alone(
    http: requests.Session, bank: Bank, settings: Settings
) -> None:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    answer = ok(http, PATH, applicationId=bank.application.id)
    assert answer["supportedAlgorithms"] == SUITES
