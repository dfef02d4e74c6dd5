"""A small OpenID Connect provider on this machine, honest unless a test makes it lie."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

Key = RSAKey | ECKey
CLIENT_ID = "mobile app"
CLIENT_SECRET = "top: secret +/%é"
REDIRECT_URI = "bank://callback"
_ALL = [
    "none",
    "HS256",
    *(f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)),
]
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


@cache
def signing_key(algorithm: str, number: int = 0) -> Key:
    """Give a private key for an algorithm, another one for each number."""
    kid = f"{algorithm}-{number}"
    if algorithm in _CURVES:
        return ECKey.generate_key(_CURVES[algorithm], {"kid": kid, "use": "sig"})
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def token(header: dict[str, Any], claims: object, key: Any) -> str:
    """Sign a token, whatever it says."""
    registry = jws.JWSRegistry(algorithms=_ALL, strict_check_header=False)
    return jws.serialize_compact(header, json.dumps(claims), key, registry=registry)


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a path of the provider answers with."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0
    """Between the bytes of the body."""


@dataclass(kw_only=True)
class Grant:
    """An authorization code with what it is bound to."""

    subject: str
    nonce: str
    challenge: str | None


@dataclass(kw_only=True)
class Provider:
    """The provider; tests change its attributes to make it misbehave."""

    base: str
    algorithm: str = "RS256"
    authentication: str = "client_secret_basic"
    redirect_uri: str = REDIRECT_URI
    keys: list[Key] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    """Replace the honest ones; `...` takes one away, a timedelta counts from now."""
    header: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    """By path, instead of the honest ones."""
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    seen: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    access_token: str = "opaque-access-token"
    _grants: dict[str, Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = self.keys or [signing_key(self.algorithm)]

    def entry(self, **members: object) -> dict[str, Any]:
        """Give the entry of `oauth2_providers`; `...` takes a member away."""
        entry = {
            "providerId": "abc",
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "clientAuthenticationMethod": self.authentication,
            "issuerUri": self.base,
            "redirectUri": REDIRECT_URI,
            "scopes": "openid",
            "authorizeUri": f"{self.base}/authorize",
            "signatureAlgorithm": self.algorithm,
            "pkceEnabled": True,
            **members,
        }
        return {name: value for name, value in entry.items() if value is not ...}

    def authorize(self, subject: str, *, nonce: str, challenge: str | None) -> str:
        """Log a user in, as the browser of the phone does, and give the code."""
        code = secrets.token_urlsafe(16)
        self._grants[code] = Grant(subject=subject, nonce=nonce, challenge=challenge)
        return code

    def answer(self, path: str, form: dict[str, str], authorization: str | None) -> Answer:
        self.seen.append(path)
        if path in self.answers:
            return self.answers[path]
        match path:
            case "/.well-known/openid-configuration":
                return self._json(200, self._document())
            case "/keys":
                public = [key.as_dict(private=False) for key in self.keys]
                return self._json(200, {"keys": public})
            case "/token":
                self.forms.append(form)
                return self._redeem(form, authorization)
        return self._json(404, {})

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/keys",
            **self.document,
        }

    def _redeem(self, form: dict[str, str], authorization: str | None) -> Answer:
        # A code is good for one attempt, even for a failed one.
        grant = self._grants.pop(form.get("code", ""), None)
        if not self._is_client(form, authorization):
            return self._json(401, {"error": "invalid_client"})
        if (
            grant is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != self.redirect_uri
            or not self._is_verified(grant, form.get("code_verifier"))
        ):
            return self._json(400, {"error": "invalid_grant"})
        return self._json(
            200, {"access_token": self.access_token, "id_token": self._id_token(grant)}
        )

    def _is_client(self, form: dict[str, str], authorization: str | None) -> bool:
        if self.authentication == "client_secret_post":
            own = (form.get("client_id"), form.get("client_secret"))
            return authorization is None and own == (CLIENT_ID, CLIENT_SECRET)
        if authorization is None or "client_secret" in form:
            return False
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        return [unquote_plus(part) for part in pair] == [CLIENT_ID, CLIENT_SECRET]

    def _is_verified(self, grant: Grant, verifier: str | None) -> bool:
        if grant.challenge is None:
            return verifier is None
        return b64url(hashlib.sha256((verifier or "").encode()).digest()) == grant.challenge

    def _id_token(self, grant: Grant) -> str:
        now = int(time.time())
        digest = hashlib.new(f"sha{self.algorithm[2:]}", self.access_token.encode()).digest()
        honest = {
            "iss": self.base,
            "sub": grant.subject,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": grant.nonce,
            "at_hash": b64url(digest[: len(digest) // 2]),
            **self.claims,
        }
        claims = {
            name: now + value.total_seconds() if isinstance(value, timedelta) else value
            for name, value in honest.items()
            if value is not ...
        }
        named = {"alg": self.algorithm, "kid": self.keys[0].kid, **self.header}
        header = {name: value for name, value in named.items() if value is not ...}
        if self.sign is not None:
            return self.sign(header, claims)
        return token(header, claims, self.keys[0])

    @staticmethod
    def _json(status: int, value: object) -> Answer:
        headers = {"Content-Type": "application/json"}
        return Answer(status=status, body=json.dumps(value).encode(), headers=headers)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self._respond({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self._respond({name: values[0] for name, values in parse_qs(body).items()})

    def _respond(self, form: dict[str, str]) -> None:
        answer = self.provider.answer(self.path, form, self.headers.get("Authorization"))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        try:
            self._write(answer)
        except OSError:
            # Whoever asked has heard enough.
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        if not answer.pause_s:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.pause_s)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def serve(**values: Any) -> Iterator[Provider]:
    """Run a provider on a free port."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    provider = Provider(base=f"http://127.0.0.1:{server.server_port}", **values)
    handler.provider = provider  # type: ignore[attr-defined] # the class was made above
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
