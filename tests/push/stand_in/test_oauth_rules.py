"""Who gets an access token."""

import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from push.stand_in.accounts import Accounts
from push.stand_in.strict.oauth import form, google_refuses, huawei_refuses

NOW_S = 1_800_000_000
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


def _refusal(accounts: Accounts, *, kid: str = "", grant: str = GRANT, **changes: Any) -> Any:
    info = json.loads(accounts.fcm.service_account)
    claims = {
        "iss": info["client_email"],
        "scope": SCOPE,
        "aud": info["token_uri"],
        "iat": NOW_S,
        "exp": NOW_S + 3600,
        **changes,
    }
    header = {"alg": "RS256", "kid": kid or info["private_key_id"]}
    assertion = jwt.encode(header, claims, RSAKey.import_key(info["private_key"]))
    members = {"grant_type": grant, "assertion": assertion}
    return google_refuses(members, accounts.fcm, now_s=NOW_S)


def test_right_assertion_is_taken(their_accounts: Accounts) -> None:
    assert _refusal(their_accounts) is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant": "client_credentials"}, "unsupported_grant_type"),
        ({"kid": "other"}, "invalid_grant"),
        ({"iss": "other@example.com"}, "invalid_grant"),
        ({"aud": "https://example.com"}, "invalid_grant"),
        ({"exp": NOW_S + 3601}, "invalid_grant"),
        ({"exp": NOW_S}, "invalid_grant"),
        ({"exp": "later"}, "invalid_grant"),
        ({"iat": NOW_S + 61, "exp": NOW_S + 100}, "invalid_grant"),
        ({"iat": NOW_S - 3700, "exp": NOW_S - 100}, "invalid_grant"),
        ({"scope": "https://www.googleapis.com/auth/drive"}, "invalid_scope"),
    ],
)
def test_wrong_assertion(their_accounts: Accounts, changes: dict[str, Any], error: str) -> None:
    assert _refusal(their_accounts, **changes) == error


def test_assertion_has_to_be_signed_by_the_account(their_accounts: Accounts) -> None:
    members = {"grant_type": GRANT, "assertion": "a.b.c"}
    assert google_refuses(members, their_accounts.fcm, now_s=NOW_S) == "invalid_grant"


def test_client_credentials(their_accounts: Accounts) -> None:
    account = their_accounts.hms
    members = {
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    assert huawei_refuses(members, account) is None
    assert huawei_refuses(members, replace(account, client_id="x")) == (1101, 20001)
    assert huawei_refuses(members, replace(account, client_secret="x")) == (1101, 20042)
    assert huawei_refuses({**members, "grant_type": "password"}, account) == (1101, 20181)
    assert huawei_refuses({}, account) == (1101, 20181)


def test_form_is_read_as_it_was_written() -> None:
    assert form(b"a=1%26+2&b=&c=%C5%99") == {"a": "1& 2", "b": "", "c": "ř"}
