"""The service account by which an application proves itself to Google: RFC 7523."""

import asyncio
import json
from datetime import datetime
from urllib.parse import urlsplit

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from push.providers.access import AccessToken, ask
from push.providers.attempt import Refused
from push.providers.transport.http1 import Http1
from push.providers.values import FcmAccount

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
LIFETIME_S = 3600
UNUSABLE = "UnusableServiceAccount"
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError, GoogleAuthError)
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


async def access_token(
    http: Http1, account: FcmAccount, token_url: str, *, at: datetime
) -> AccessToken:
    """Exchange a signed assertion for an access token.

    Args:
        token_url: where to ask, in place of the address that the account names; may be empty.

    Raises:
        Refused, Later, NoAnswer
    """
    # Reading and using an RSA key takes long enough for others to notice.
    assertion, own_url = await asyncio.to_thread(_assertion, account.service_account, at)
    url = token_url or own_url
    if not token_url and urlsplit(url).scheme != "https":
        raise Refused(UNUSABLE)
    return await ask(http, url, {"grant_type": _GRANT, "assertion": assertion}, at=at)


def _assertion(service_account: str, at: datetime) -> tuple[str, str]:
    """Sign who we are; give it with the address that the account names for tokens."""
    credentials, token_uri = _read(service_account)
    issued = int(at.timestamp())
    claims = {
        "iss": credentials.service_account_email,
        "scope": SCOPE,
        # Whoever stands in between, the assertion is for Google.
        "aud": token_uri,
        "iat": issued,
        "exp": issued + LIFETIME_S,
    }
    signed: bytes = jwt.encode(credentials.signer, claims)  # type: ignore[no-untyped-call]
    return signed.decode(), token_uri


def _read(text: str) -> tuple[service_account.Credentials, str]:
    """Read a key file; give who signs, and the address that it names for tokens."""
    try:
        info = json.loads(text)
        read = service_account.Credentials.from_service_account_info(info)  # type: ignore[no-untyped-call]
        return read, str(info["token_uri"])
    except _UNREADABLE as error:
        raise Refused(UNUSABLE) from error
