"""How we prove ourselves, how often, and what becomes of a proof that is not taken."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from push.providers.access import AccessToken, AccessTokens
from push.providers.apns.provider_token import ProviderToken
from push.providers.attempt import Refused
from push.providers.values import (
    ApnsKey,
    Client,
    FcmAccount,
    HmsAccount,
    Outcome,
    Result,
    Target,
)
from push.stand_in.accounts import Accounts
from push.stand_in.faults import Behaviour, Kind, apns_reply
from push.stand_in.server import StandIn
from push.stand_in.values import Provider, Reply, json_reply
from tests.push.providers.sending import (
    APNS_TOKEN,
    FCM_TOKEN,
    HMS_TOKEN,
    MESSAGE,
    now,
    send,
    with_client,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOKEN_ENDPOINTS = {Provider.FCM: Provider.FCM_TOKEN, Provider.HMS: Provider.HMS_TOKEN}
DEVICES = {Provider.FCM: FCM_TOKEN, Provider.HMS: HMS_TOKEN}
REFUSED = Result(outcome=Outcome.FAILED, credentials_refused=True)


def _send_all(
    stand_in: StandIn, provider: Provider, moments: Sequence[datetime], *, at_once: bool = False
) -> list[Result]:
    target = Target(token=DEVICES[provider])

    async def work(client: Client) -> list[Result]:
        if at_once:
            calls = (client.send(MESSAGE, target, at=at) for at in moments)
            return await asyncio.gather(*calls)
        return [await client.send(MESSAGE, target, at=at) for at in moments]

    account = getattr(stand_in.accounts, provider.value)
    return with_client(account, stand_in.settings(), work)


def test_apples_token_names_key_and_team(their_accounts: Accounts) -> None:
    key = their_accounts.apns
    token = ProviderToken(key).get(AT)
    found = jwt.decode(token, ECKey.import_key(key.private_key), algorithms=["ES256"])
    assert found.header == {"typ": "JWT", "alg": "ES256", "kid": key.key_id} or found.header == {
        "alg": "ES256",
        "kid": key.key_id,
    }
    assert found.claims == {"iss": key.team_id, "iat": int(AT.timestamp())}


def test_apples_token_is_renewed_between_20_and_60_minutes(their_accounts: Accounts) -> None:
    token = ProviderToken(their_accounts.apns)
    first = token.get(AT)
    assert token.get(AT + 39 * MINUTE) == first
    second = token.get(AT + 41 * MINUTE)
    assert second != first
    assert token.get(AT + 60 * MINUTE) == second


def test_clock_that_goes_back_makes_no_token_of_the_future(their_accounts: Accounts) -> None:
    token = ProviderToken(their_accounts.apns)
    first = token.get(AT)
    assert token.get(AT - MINUTE) != first


def test_token_that_apple_calls_expired_is_replaced_once_in_20_minutes(
    their_accounts: Accounts,
) -> None:
    token = ProviderToken(their_accounts.apns)
    first = token.get(AT)
    second = token.replacement(first, AT + MINUTE)
    assert second is not None and second != first
    # Others who were refused by the first one go on with the second.
    assert token.replacement(first, AT + 2 * MINUTE) == second
    assert token.replacement(second, AT + 3 * MINUTE) is None
    assert token.replacement(second, AT + 22 * MINUTE) not in (None, first, second)


def test_message_goes_out_with_the_replacement(stand_in: StandIn) -> None:
    expired = Behaviour(reply=apns_reply("ExpiredProviderToken"))
    stand_in.desks.faults.plan(Provider.APNS, expired, times=1)
    assert send(stand_in.accounts.apns, stand_in.settings(), APNS_TOKEN).outcome is Outcome.SENT


def _pem(curve: ec.EllipticCurve) -> str:
    key = ec.generate_private_key(curve)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "private_key",
    ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "P-384"],
)
def test_key_that_is_none_is_refused_at_once(stand_in: StandIn, private_key: str) -> None:
    pem = _pem(ec.SECP384R1()) if private_key == "P-384" else private_key
    key = replace(stand_in.accounts.apns, private_key=pem)
    assert send(key, stand_in.settings(), APNS_TOKEN) == replace(REFUSED, reason="UnusableKey")


def test_public_key_is_no_key(stand_in: StandIn) -> None:
    public = ECKey.import_key(stand_in.accounts.apns.private_key).as_pem(private=False).decode()
    with pytest.raises(Refused):
        ProviderToken(replace(stand_in.accounts.apns, private_key=public)).get(AT)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key_id": "OTHER12345"}, "InvalidProviderToken"),
        ({"team_id": "OTHER12345"}, "InvalidProviderToken"),
        ({"private_key": _pem(ec.SECP256R1())}, "InvalidProviderToken"),
    ],
)
def test_wrong_key_is_refused_by_apple(
    stand_in: StandIn, changes: dict[str, str], reason: str
) -> None:
    key: ApnsKey = replace(stand_in.accounts.apns, **changes)
    assert send(key, stand_in.settings(), APNS_TOKEN) == replace(REFUSED, reason=reason)


def test_clock_that_is_wrong_is_told(stand_in: StandIn) -> None:
    late, early = (
        with_client(
            stand_in.accounts.apns,
            stand_in.settings(),
            lambda client, at=at: client.send(MESSAGE, Target(token=APNS_TOKEN), at=at),  # type: ignore[misc]
        )
        for at in (now() - 2 * 60 * MINUTE, now() + 10 * MINUTE)
    )
    assert late == replace(REFUSED, reason="ExpiredProviderToken")
    assert early == replace(REFUSED, reason="InvalidProviderToken")


@pytest.mark.parametrize("provider", DEVICES)
def test_access_token_is_asked_for_once(stand_in: StandIn, provider: Provider) -> None:
    results = _send_all(stand_in, provider, [now()] * 30, at_once=True)
    assert {each.outcome for each in results} == {Outcome.SENT}
    assert stand_in.desks.https.tokens_issued == 1


def _asked(lifetime: timedelta, *moments: datetime) -> list[datetime]:
    """Want a token at each moment; give those at which another one was asked for."""
    asked: list[datetime] = []

    async def ask(at: datetime) -> AccessToken:
        asked.append(at)
        return AccessToken(f"token-{len(asked)}", lifetime)

    async def run() -> None:
        tokens = AccessTokens(ask)
        for at in moments:
            assert await tokens.get(at) == f"token-{len(asked)}"

    asyncio.run(run())
    return asked


def test_access_token_is_renewed_before_it_expires() -> None:
    hour = 60 * MINUTE
    late = AT + 58 * MINUTE
    assert _asked(hour, AT, AT + 57 * MINUTE, late, late + MINUTE) == [AT, late]
    # One that does not live for long is not asked for all the time.
    assert _asked(2 * MINUTE, AT, AT + MINUTE / 2, AT + MINUTE) == [AT, AT + MINUTE]
    assert _asked(hour, AT, AT - MINUTE) == [AT, AT - MINUTE]


def test_token_that_was_replaced_already_is_not_forgotten() -> None:
    async def ask(at: datetime) -> AccessToken:
        return AccessToken(at.isoformat(), 60 * MINUTE)

    async def run() -> None:
        tokens = AccessTokens(ask)
        first = await tokens.get(AT)
        tokens.forget(first)
        second = await tokens.get(AT + MINUTE)
        tokens.forget(first)
        assert await tokens.get(AT + 2 * MINUTE) == second != first

    asyncio.run(run())


def test_who_gives_up_does_not_keep_others_from_the_token() -> None:
    async def run() -> None:
        go, asked = asyncio.Event(), 0

        async def ask(at: datetime) -> AccessToken:
            nonlocal asked
            asked += 1
            await go.wait()
            return AccessToken("token", 60 * MINUTE)

        tokens = AccessTokens(ask)
        first, second = (asyncio.create_task(tokens.get(AT)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        go.set()
        assert (await second, asked) == ("token", 1)

    asyncio.run(run())


@pytest.mark.parametrize("provider", DEVICES)
def test_access_token_that_is_not_taken_is_replaced_once(
    stand_in: StandIn, provider: Provider
) -> None:
    async def work(client: Client) -> list[Result]:
        target = Target(token=DEVICES[provider])
        first = await client.send(MESSAGE, target, at=now())
        stand_in.desks.https.expire_tokens()
        calls = (client.send(MESSAGE, target, at=now()) for _ in range(10))
        return [first, *await asyncio.gather(*calls)]

    account = getattr(stand_in.accounts, provider.value)
    results = with_client(account, stand_in.settings(), work)
    assert {each.outcome for each in results} == {Outcome.SENT}
    assert stand_in.desks.https.tokens_issued == 2


@pytest.mark.parametrize("provider", DEVICES)
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            json_reply({"error": "invalid_grant"}, status=400),
            replace(REFUSED, reason="OAuth invalid_grant"),
        ),
        (
            json_reply({"error": "invalid_client"}, status=401),
            replace(REFUSED, reason="OAuth invalid_client"),
        ),
        (json_reply({"error": 1101}, status=400), replace(REFUSED, reason="OAuth 1101")),
        (
            json_reply({"error": "invalid_grant"}, status=503, retry_after="30"),
            Result(
                outcome=Outcome.PENDING,
                reason="OAuth invalid_grant",
                retry_after=timedelta(seconds=30),
            ),
        ),
        (
            json_reply({"error": "temporarily_unavailable"}, status=400),
            Result(outcome=Outcome.PENDING, reason="OAuth temporarily_unavailable"),
        ),
        (Reply(status=429), Result(outcome=Outcome.PENDING, reason="OAuth HTTP 429")),
        (
            Reply(status=302, headers={"location": "https://127.0.0.1:1/"}),
            Result(outcome=Outcome.PENDING, reason="OAuth HTTP 302"),
        ),
        (
            Reply(status=403, body=b"<html></html>"),
            Result(outcome=Outcome.PENDING, reason="OAuth HTTP 403"),
        ),
        (
            Reply(body=b"<html></html>"),
            Result(outcome=Outcome.PENDING, reason="OAuth MalformedAnswer"),
        ),
        (
            json_reply({"access_token": "a\r\nb"}),
            Result(outcome=Outcome.PENDING, reason="OAuth MalformedAnswer"),
        ),
        (
            json_reply({"access_token": ""}),
            Result(outcome=Outcome.PENDING, reason="OAuth MalformedAnswer"),
        ),
    ],
)
def test_without_an_access_token_nothing_is_sent(
    stand_in: StandIn, provider: Provider, reply: Reply, expected: Result
) -> None:
    stand_in.desks.faults.plan(TOKEN_ENDPOINTS[provider], Behaviour(reply=reply))
    assert _send_all(stand_in, provider, [now()]) == [expected]
    assert stand_in.desks.mailbox.look() == []


@pytest.mark.parametrize("provider", DEVICES)
@pytest.mark.parametrize("kind", [Kind.HANG, Kind.DRIP])
def test_token_endpoint_that_hangs_is_given_up_in_time(
    stand_in: StandIn, provider: Provider, kind: Kind
) -> None:
    stand_in.desks.faults.plan(TOKEN_ENDPOINTS[provider], Behaviour(kind=kind), times=1)
    account = getattr(stand_in.accounts, provider.value)

    async def work(client: Client) -> list[Result]:
        target = Target(token=DEVICES[provider])
        first = await client.send(MESSAGE, target, at=now())
        await asyncio.sleep(0.3)  # until nobody waits for that answer any more
        return [first, await client.send(MESSAGE, target, at=now())]

    first, second = with_client(account, stand_in.settings(total_s=2), work)
    assert first == Result(outcome=Outcome.PENDING, reason="Timeout")
    assert second.outcome is Outcome.SENT


@pytest.mark.parametrize("provider", DEVICES)
@pytest.mark.parametrize("lifetime", [None, "soon", -1, 0, 10**30, True, "3600"])
def test_strange_lifetime_of_a_token_does_no_harm(
    stand_in: StandIn, provider: Provider, lifetime: Any
) -> None:
    token = json_reply({"access_token": "x", "expires_in": lifetime})
    stand_in.desks.faults.plan(TOKEN_ENDPOINTS[provider], Behaviour(reply=token), times=1)
    # The stand-in does not know that token, so another one is asked for.
    assert _send_all(stand_in, provider, [now()])[0].outcome is Outcome.SENT


def test_googles_token_comes_from_where_the_account_says_unless_we_say(stand_in: StandIn) -> None:
    info = json.loads(stand_in.accounts.fcm.service_account)
    info["token_uri"] = stand_in.settings().fcm_token_url
    account = replace(stand_in.accounts.fcm, service_account=json.dumps(info))
    own = replace(stand_in.settings(), fcm_token_url="")
    answer = json_reply({"error": "asked_here"}, status=400)
    stand_in.desks.faults.plan(Provider.FCM_TOKEN, Behaviour(reply=answer))
    assert send(account, own, FCM_TOKEN) == replace(REFUSED, reason="OAuth asked_here")


@pytest.mark.parametrize("token_uri", ["http://127.0.0.1:1/", "file:///etc/passwd", "", "x"])
def test_token_that_would_come_in_the_open_is_not_asked_for(
    stand_in: StandIn, token_uri: str
) -> None:
    info = {**json.loads(stand_in.accounts.fcm.service_account), "token_uri": token_uri}
    account = replace(stand_in.accounts.fcm, service_account=json.dumps(info))
    result = send(account, replace(stand_in.settings(), fcm_token_url=""), FCM_TOKEN)
    assert result == replace(REFUSED, reason="UnusableServiceAccount")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"client_email":"a","token_uri":"b"}', "[" * 10**5]
)
def test_service_account_that_is_none(stand_in: StandIn, text: str) -> None:
    account = FcmAccount(project_id="p", service_account=text)
    result = send(account, stand_in.settings(), FCM_TOKEN)
    assert result == replace(REFUSED, reason="UnusableServiceAccount")


def test_wrong_accounts_are_refused(stand_in: StandIn) -> None:
    settings = stand_in.settings()
    other = replace(stand_in.accounts.fcm, project_id="other")
    assert send(other, settings, FCM_TOKEN) == replace(REFUSED, reason="PERMISSION_DENIED")
    secret: HmsAccount = replace(stand_in.accounts.hms, client_secret="x")
    assert send(secret, settings, HMS_TOKEN) == replace(REFUSED, reason="OAuth 1101")
    project = replace(stand_in.accounts.hms, project_id="1")
    assert send(project, settings, HMS_TOKEN) == replace(REFUSED, reason="80200001")


@pytest.mark.parametrize("provider", DEVICES)
def test_probe_needs_no_device(stand_in: StandIn, provider: Provider) -> None:
    account = getattr(stand_in.accounts, provider.value)

    def probed(account: FcmAccount | HmsAccount, total_s: float = 15) -> Result:
        settings = stand_in.settings(total_s=total_s)
        return with_client(account, settings, lambda client: client.probe(at=now()))

    assert probed(account) == Result(outcome=Outcome.SENT)
    assert probed(replace(account, project_id="other")).credentials_refused
    stand_in.desks.faults.plan(provider, Behaviour(kind=Kind.HANG))
    assert probed(account, 0.5) == Result(outcome=Outcome.PENDING, reason="Timeout")
    assert stand_in.desks.mailbox.look() == []
