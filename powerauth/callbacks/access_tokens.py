"""Access tokens by the client credentials grant, kept until shortly before they expire.

Source: integration-api.md 11.1, RFC 6749 sections 2.3.1, 4.4 and 5.1.
"""

import hashlib
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from enrollment_server.api.payloads.json import MalformedJson, load_json
from powerauth.callbacks import transport
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.callbacks.message import USER_AGENT
from powerauth.engine.callbacks.callback_authentication import OAuth2
from powerauth.protocol.encoding import b64

MARGIN_S = 30.0  # a token is not used in its last seconds
LIFETIME_S = 60.0  # of a token whose answer names none
ANSWER_SIZE = 65_536  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    token: str
    until: float


class AccessTokens:
    """The tokens of this process; for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, ...], _Kept] = {}
        self._lock = threading.Lock()

    def get(self, oauth2: OAuth2, context: ssl.SSLContext) -> str:
        """Give a token that is valid for some time yet.

        Raises:
            DeliveryFailed: the token endpoint gave none.
        """
        key = _key(oauth2)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.until > self._clock():
            return kept.token
        asked_at = self._clock()
        token, lifetime_s = _ask(oauth2, context)
        with self._lock:
            self._kept[key] = _Kept(token=token, until=asked_at + lifetime_s - MARGIN_S)
        return token

    def forget(self, oauth2: OAuth2, token: str) -> None:
        """Do not use a token again, unless there is another one already."""
        key = _key(oauth2)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.token == token:
                del self._kept[key]


def _key(oauth2: OAuth2) -> tuple[str, ...]:
    secret = hashlib.sha256((oauth2.client_secret or "").encode()).hexdigest()
    return (oauth2.token_uri or "", oauth2.client_id or "", oauth2.scope or "", secret)


def _ask(oauth2: OAuth2, context: ssl.SSLContext) -> tuple[str, float]:
    """Fetch a token; give it with its lifetime in seconds."""
    form = {"grant_type": "client_credentials"}
    if oauth2.scope:
        form["scope"] = oauth2.scope
    client = f"{quote_plus(oauth2.client_id or '')}:{quote_plus(oauth2.client_secret or '')}"
    headers = {
        "Accept": "application/json",
        "Authorization": f"Basic {b64(client.encode())}",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": USER_AGENT,
    }
    try:
        answer = transport.post(
            oauth2.token_uri or "",
            body=urlencode(form).encode(),
            headers=headers,
            context=context,
            read=ANSWER_SIZE,
        )
    except DeliveryFailed as error:
        raise DeliveryFailed(f"token endpoint: {error.reason}") from error
    if not answer.ok:
        raise DeliveryFailed(f"token endpoint: HTTP {answer.status}")
    return _token(answer.body)


def _token(body: bytes) -> tuple[str, float]:
    try:
        content = load_json(body)
    except MalformedJson as error:
        raise DeliveryFailed("token endpoint: not JSON") from error
    token = content.get("access_token") if isinstance(content, dict) else None
    kind = content.get("token_type", "Bearer") if isinstance(content, dict) else None
    if not isinstance(token, str) or not token or str(kind).lower() != "bearer":
        raise DeliveryFailed("token endpoint: no bearer token")
    lifetime = content.get("expires_in")
    known = isinstance(lifetime, int) and not isinstance(lifetime, bool)
    return token, float(lifetime) if known else LIFETIME_S
