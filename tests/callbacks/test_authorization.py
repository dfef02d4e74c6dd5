"""HTTP Basic and OAuth 2 towards receivers."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from pytest_django.fixtures import Settings

from powerauth.callbacks import attempt, certificates, deliver_due
from powerauth.callbacks.access_tokens import AccessTokens
from powerauth.engine.callbacks.callback_authentication import Authentication, HttpBasic, OAuth2
from powerauth.models import CallbackEvent
from tests.callbacks.events import make_callback, make_due, write_event
from tests.callbacks.receiver import Received, Receiver, Reply, receiving

pytestmark = pytest.mark.django_db


class TokenEndpoint:
    """Issues numbered tokens, as a token endpoint of OAuth 2 does."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.expires_in = 3600
        receiver.respond = self._issue

    def _issue(self, request: Received) -> Reply:
        token = {
            "access_token": f"token-{len(self.receiver.received)}",
            "token_type": "bearer",
            "expires_in": self.expires_in,
        }
        return Reply(status=200, body=json.dumps(token).encode())


class Clock:
    """Seconds that tests move on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with receiving() as running:
        yield TokenEndpoint(running)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(attempt.TOKENS, "_clock", clock)
    monkeypatch.setattr(attempt.TOKENS, "_kept", {})
    return clock


def _oauth2(endpoint: TokenEndpoint) -> Authentication:
    return Authentication(
        oauth2=OAuth2(
            enabled=True,
            token_uri=endpoint.receiver.url,
            client_id="bank:callbacks",
            client_secret="s3cr3t&more",
            scope="events.write",
        )
    )


def _authorizations(receiver: Receiver) -> list[str | None]:
    return [request.headers.get("Authorization") for request in receiver.received]


def test_basic(receiver: Receiver) -> None:
    basic = HttpBasic(enabled=True, username="bänk", password="pass:word")
    write_event(make_callback(receiver.url, authentication=Authentication(http_basic=basic)))
    deliver_due()
    (authorization,) = _authorizations(receiver)
    assert authorization is not None
    kind, _, credentials = authorization.partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(credentials).decode() == "bänk:pass:word"


def test_basic_that_is_switched_off_is_not_sent(receiver: Receiver) -> None:
    basic = HttpBasic(enabled=False, username="bank", password="password")
    write_event(make_callback(receiver.url, authentication=Authentication(http_basic=basic)))
    deliver_due()
    assert _authorizations(receiver) == [None]


def test_token_is_fetched_and_kept(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock
) -> None:
    callback = make_callback(receiver.url, authentication=_oauth2(endpoint))
    for _ in range(3):
        write_event(callback)
        deliver_due()
    assert _authorizations(receiver) == ["Bearer token-1"] * 3
    (asked,) = endpoint.receiver.received
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["events.write"],
    }
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    kind, _, credentials = asked.headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(credentials)) == ("Basic", b"bank%3Acallbacks:s3cr3t%26more")


def test_expired_token_is_not_used(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock
) -> None:
    callback = make_callback(receiver.url, authentication=_oauth2(endpoint))
    for seconds in (0, 3500, 80, 3500):
        clock.seconds += seconds
        write_event(callback)
        deliver_due()
    assert _authorizations(receiver) == [
        *["Bearer token-1"] * 2,
        *["Bearer token-2"] * 2,
    ]


def test_refused_token_is_renewed_once(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock
) -> None:
    event = write_event(make_callback(receiver.url, authentication=_oauth2(endpoint)))
    receiver.replies.extend([Reply(status=401), Reply(status=204)])
    deliver_due()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("COMPLETED", 1)
    assert _authorizations(receiver) == ["Bearer token-1", "Bearer token-2"]

    event = write_event(event.callback)
    receiver.replies.extend([Reply(status=401), Reply(status=401), Reply(status=401)])
    deliver_due()
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("PENDING", "HTTP 401")
    assert len(receiver.received) == 4


def test_another_secret_gets_a_token_of_its_own(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock
) -> None:
    for secret in ("one", "another"):
        oauth2 = OAuth2(
            enabled=True, token_uri=endpoint.receiver.url, client_id="bank", client_secret=secret
        )
        write_event(make_callback(receiver.url, authentication=Authentication(oauth2=oauth2)))
        deliver_due()
    assert _authorizations(receiver) == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=401), "token endpoint: HTTP 401"),
        (Reply(status=302, headers={"Location": "/"}), "token endpoint: HTTP 302"),
        (Reply(status=200, body=b"<html>"), "token endpoint: not JSON"),
        (Reply(status=200, body=b"[]"), "token endpoint: no bearer token"),
        (Reply(status=200, body=b'{"access_token":5}'), "token endpoint: no bearer token"),
        (
            Reply(status=200, body=b'{"access_token":"t","token_type":"mac"}'),
            "token endpoint: no bearer token",
        ),
        (Reply(status=200, body=b" " * 100_000 + b"{}"), "token endpoint: not JSON"),
        (
            Reply(status=200, body=b'{"access_token":"a\\nX-Other: 1"}'),
            "request failed: InvalidHeader",
        ),
    ],
)
def test_no_token_no_delivery(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock, reply: Reply, reason: str
) -> None:
    event = write_event(make_callback(receiver.url, authentication=_oauth2(endpoint)))
    endpoint.receiver.replies.append(reply)
    deliver_due()
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("PENDING", reason)
    assert receiver.received == []


def test_token_endpoint_is_checked_like_other_addresses(
    receiver: Receiver, endpoint: TokenEndpoint, clock: Clock, settings: Settings
) -> None:
    authentication = _oauth2(endpoint)
    callback = make_callback(
        receiver.url.replace("127.0.0.1", "localhost"), authentication=authentication
    )
    event = write_event(callback)
    settings.CALLBACK_ALLOWED_HOSTS = ["localhost"]
    deliver_due()
    event.refresh_from_db()
    assert event.last_error == "token endpoint: the URL may not be called"
    assert endpoint.receiver.received == []
    settings.CALLBACK_ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    make_due()
    deliver_due()
    assert CallbackEvent.objects.get(pk=event.pk).state == "COMPLETED"


def test_token_without_a_lifetime_is_kept_for_a_short_time(endpoint: TokenEndpoint) -> None:
    clock = Clock()
    tokens = AccessTokens(clock)
    endpoint.receiver.respond = lambda request: Reply(
        status=200,
        body=b'{"access_token":"%d"}' % len(endpoint.receiver.received),
    )
    oauth2 = _oauth2(endpoint).oauth2
    context = certificates.context_of(Authentication().certificate)
    given = []
    for seconds in (0, 29, 2):
        clock.seconds += seconds
        given.append(tokens.get(oauth2, context))
    assert given == ["1", "1", "2"]
