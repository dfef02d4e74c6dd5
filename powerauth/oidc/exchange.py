"""HTTP with a provider: short, without redirects, and with answers that are small JSON objects."""

import time
from collections.abc import Mapping
from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.auth import AuthBase

from enrollment_server.api.payloads.json import MalformedJson, load_json
from powerauth.oidc.errors import OidcRefused

MAX_ANSWER = 256 * 1024  # bytes
_PIECE = 16 * 1024  # bytes
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


def get(url: str) -> dict[str, Any]:
    """Fetch a JSON object.

    Raises:
        OidcRefused: there is none within the configured time.
    """
    return _object("GET", url)


def post(url: str, form: Mapping[str, str], auth: AuthBase | None) -> dict[str, Any]:
    """Send a form, and give the JSON object of the answer; raises as `get`."""
    return _object("POST", url, data=dict(form), auth=auth)


def _object(method: str, url: str, **options: Any) -> dict[str, Any]:
    deadline = time.monotonic() + settings.OIDC_RESPONSE_TIMEOUT_S
    with requests.Session() as http:
        # The environment may name a proxy, or a .netrc with other credentials.
        http.trust_env = False
        try:
            response = http.request(
                method,
                url,
                headers=_HEADERS,
                allow_redirects=False,
                stream=True,
                timeout=(settings.OIDC_CONNECT_TIMEOUT_S, settings.OIDC_RESPONSE_TIMEOUT_S),
                **options,
            )
            with response:
                return _parsed(response, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise OidcRefused(f"the provider does not answer: {type(error).__name__}") from None
        except ValueError:
            raise OidcRefused("the provider cannot be called at its address") from None


def _parsed(response: requests.Response, deadline: float) -> dict[str, Any]:
    if response.status_code != requests.codes.ok:
        raise OidcRefused(f"the provider answers with HTTP {response.status_code}")
    try:
        value = load_json(_body(response, deadline))
    except MalformedJson:
        raise OidcRefused("the provider answers with something else than JSON") from None
    if not isinstance(value, dict):
        raise OidcRefused("the provider answers with something else than a JSON object")
    return value


def _body(response: requests.Response, deadline: float) -> bytes:
    """Read an answer as it comes, so that neither a long nor a slow one holds the thread."""
    body = bytearray()
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > MAX_ANSWER:
            raise OidcRefused("the provider's answer is too long")
        if time.monotonic() > deadline:
            raise OidcRefused("the provider's answer takes too long")
    return bytes(body)
