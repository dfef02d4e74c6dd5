"""Who gets an access token: RFC 7523 for Google, client credentials for Huawei."""

import json
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from joserfc.jwk import RSAKey

from push.providers.values import FcmAccount, HmsAccount
from push.stand_in.strict import proofs

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def form(body: bytes) -> dict[str, str]:
    """Read the members of a form."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def google_refuses(members: Mapping[str, str], account: FcmAccount, *, now_s: float) -> str | None:
    """Give Google's error for an assertion; None if it is right."""
    info = json.loads(account.service_account)
    if members.get("grant_type") != _GRANT:
        return "unsupported_grant_type"
    proof = proofs.verified(members.get("assertion", ""), _key(info["private_key"]), "RS256")
    if proof is None or proof.header.get("kid") != info["private_key_id"]:
        return "invalid_grant"
    claims = proof.claims
    issued, expires = proofs.seconds(proof, "iat"), proofs.seconds(proof, "exp")
    if claims.get("iss") != info["client_email"] or claims.get("aud") != info["token_uri"]:
        return "invalid_grant"
    if issued is None or expires is None or not 0 < expires - issued <= proofs.HOUR_S:
        return "invalid_grant"
    if issued > now_s + proofs.SKEW_S or expires < now_s:
        return "invalid_grant"
    return None if SCOPE in str(claims.get("scope")).split() else "invalid_scope"


def huawei_refuses(members: Mapping[str, str], account: HmsAccount) -> tuple[int, int] | None:
    """Give Huawei's error and its part for client credentials; None if they are right."""
    if members.get("grant_type") != "client_credentials":
        return 1101, 20181
    if members.get("client_id") != account.client_id:
        return 1101, 20001
    return None if members.get("client_secret") == account.client_secret else (1101, 20042)


@lru_cache(maxsize=8)
def _key(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)
