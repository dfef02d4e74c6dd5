"""Each row of the table of 6, told by a stand-in over real sockets."""

from datetime import UTC, datetime, timedelta

import pytest

from push.providers.values import Outcome, Result
from push.stand_in.faults import Behaviour, Kind, apns_reply, fcm_reply, hms_reply
from push.stand_in.server import StandIn
from push.stand_in.values import Provider, Reply, json_reply
from tests.push.providers.sending import APNS_TOKEN, FCM_TOKEN, HMS_TOKEN, send

TOKENS = {Provider.APNS: APNS_TOKEN, Provider.FCM: FCM_TOKEN, Provider.HMS: HMS_TOKEN}
GONE_AT = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
GONE_MS = int(GONE_AT.timestamp() * 1000)


def _result(stand_in: StandIn, provider: Provider, behaviour: Behaviour | Reply) -> Result:
    if isinstance(behaviour, Reply):
        behaviour = Behaviour(reply=behaviour)
    stand_in.desks.faults.plan(provider, behaviour)
    credentials = getattr(stand_in.accounts, provider.value)
    return send(credentials, stand_in.settings(), TOKENS[provider])


def _failed(reason: str) -> Result:
    return Result(outcome=Outcome.FAILED, reason=reason)


def _dead(reason: str, *, doubtful: bool = False, since: datetime | None = None) -> Result:
    return Result(
        outcome=Outcome.FAILED,
        reason=reason,
        token_is_dead=True,
        is_doubtful=doubtful,
        dead_since=since,
    )


def _refused(reason: str) -> Result:
    return Result(outcome=Outcome.FAILED, reason=reason, credentials_refused=True)


def _pending(reason: str, after_s: int | None = None) -> Result:
    asked = None if after_s is None else timedelta(seconds=after_s)
    return Result(outcome=Outcome.PENDING, reason=reason, retry_after=asked)


@pytest.mark.parametrize("provider", TOKENS)
def test_accepted_message_is_sent(stand_in: StandIn, provider: Provider) -> None:
    result = send(getattr(stand_in.accounts, provider.value), stand_in.settings(), TOKENS[provider])
    assert result == Result(outcome=Outcome.SENT)
    assert [each.token for each in stand_in.desks.mailbox.look()] == [TOKENS[provider]]


@pytest.mark.parametrize("reason", ["Unregistered", "ExpiredToken"])
def test_apple_tells_since_when_a_token_is_dead(stand_in: StandIn, reason: str) -> None:
    result = _result(stand_in, Provider.APNS, apns_reply(reason, timestamp_ms=GONE_MS))
    assert result == _dead(reason, since=GONE_AT)


@pytest.mark.parametrize("timestamp", [None, "soon", 0, -5, 10**18, 1.5])
def test_dead_token_without_a_moment_is_kept(stand_in: StandIn, timestamp: object) -> None:
    reply = json_reply({"reason": "Unregistered", "timestamp": timestamp}, status=410)
    assert _result(stand_in, Provider.APNS, reply) == _failed("Unregistered")


@pytest.mark.parametrize("reason", ["BadDeviceToken", "DeviceTokenNotForTopic", "TopicDisallowed"])
def test_token_that_apple_does_not_know_is_dead_unless_we_are_wrong(
    stand_in: StandIn, reason: str
) -> None:
    assert _result(stand_in, Provider.APNS, apns_reply(reason)) == _dead(reason, doubtful=True)


@pytest.mark.parametrize(
    "reason",
    [
        "ExpiredProviderToken",
        "InvalidProviderToken",
        "MissingProviderToken",
        "UnrelatedKeyIdInToken",
        "BadEnvironmentKeyIdInToken",
    ],
)
def test_key_that_apple_refuses_kills_no_device(stand_in: StandIn, reason: str) -> None:
    assert _result(stand_in, Provider.APNS, apns_reply(reason)) == _refused(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "BadCollapseId",
        "BadExpirationDate",
        "BadMessageId",
        "BadPriority",
        "BadTopic",
        "DuplicateHeaders",
        "IdleTimeout",
        "InvalidPushType",
        "MissingDeviceToken",
        "MissingTopic",
        "PayloadEmpty",
        "BadCertificate",
        "BadCertificateEnvironment",
        "Forbidden",
        "BadPath",
        "MethodNotAllowed",
        "PayloadTooLarge",
        "SomethingNew",
    ],
)
def test_other_reasons_of_apple_fail_and_keep(stand_in: StandIn, reason: str) -> None:
    assert _result(stand_in, Provider.APNS, apns_reply(reason)) == _failed(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "TooManyProviderTokenUpdates",
        "TooManyRequests",
        "InternalServerError",
        "ServiceUnavailable",
        "Shutdown",
    ],
)
def test_apple_that_is_busy_is_asked_again(stand_in: StandIn, reason: str) -> None:
    reply = apns_reply(reason, retry_after="120")
    assert _result(stand_in, Provider.APNS, reply) == _pending(reason, 120)


@pytest.mark.parametrize("status", [429, 500, 503, 599])
@pytest.mark.parametrize("reason", ["BadDeviceToken", "InvalidProviderToken", "Unregistered"])
def test_status_of_apple_wins_over_its_reason(stand_in: StandIn, status: int, reason: str) -> None:
    reply = json_reply({"reason": reason, "timestamp": GONE_MS}, status=status)
    assert _result(stand_in, Provider.APNS, reply) == _pending(reason)


def test_dead_token_of_google(stand_in: StandIn) -> None:
    result = _result(stand_in, Provider.FCM, fcm_reply("UNREGISTERED"))
    assert result == _dead("UNREGISTERED")


def test_token_that_google_calls_malformed_is_dead(stand_in: StandIn) -> None:
    reply = fcm_reply("INVALID_ARGUMENT", field="message.token")
    assert _result(stand_in, Provider.FCM, reply) == _dead("INVALID_ARGUMENT")


@pytest.mark.parametrize("field", ["", "message.data[0].value", "message.tokens", "token"])
def test_message_that_google_calls_malformed_kills_no_device(stand_in: StandIn, field: str) -> None:
    reply = fcm_reply("INVALID_ARGUMENT", field=field)
    assert _result(stand_in, Provider.FCM, reply) == _failed("INVALID_ARGUMENT")


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INTERNAL", "QUOTA_EXCEEDED"])
@pytest.mark.parametrize("status", [None, 400, 403])
def test_google_that_is_busy_is_asked_again(
    stand_in: StandIn, code: str, status: int | None
) -> None:
    reply = fcm_reply(code, retry_after="7")
    if status is not None:
        reply = Reply(status=status, headers=reply.headers, body=reply.body)
    assert _result(stand_in, Provider.FCM, reply) == _pending(code, 7)


@pytest.mark.parametrize(
    "code", ["SENDER_ID_MISMATCH", "THIRD_PARTY_AUTH_ERROR", "NOT_FOUND", "SOMETHING_NEW"]
)
def test_other_codes_of_google_fail_and_keep(stand_in: StandIn, code: str) -> None:
    assert _result(stand_in, Provider.FCM, fcm_reply(code)) == _failed(code)


@pytest.mark.parametrize("code", ["UNAUTHENTICATED", "PERMISSION_DENIED"])
def test_account_that_google_refuses(stand_in: StandIn, code: str) -> None:
    assert _result(stand_in, Provider.FCM, fcm_reply(code)) == _refused(code)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_status_of_google_wins_over_its_code(stand_in: StandIn, status: int) -> None:
    reply = fcm_reply("UNREGISTERED")
    busy = Reply(status=status, headers=reply.headers, body=reply.body)
    assert _result(stand_in, Provider.FCM, busy) == _pending("UNREGISTERED")


@pytest.mark.parametrize(
    "found", [{}, {"name": 5}, {"name": "messages/1"}, {"name": "projects//messages/"}, [], "sent"]
)
def test_google_has_to_name_what_it_took(stand_in: StandIn, found: object) -> None:
    assert _result(stand_in, Provider.FCM, json_reply(found)) == _pending("MalformedAnswer")


def test_dead_token_of_huawei(stand_in: StandIn) -> None:
    result = _result(stand_in, Provider.HMS, hms_reply("80300007"))
    assert result == _dead("80300007", doubtful=True)


@pytest.mark.parametrize(
    "code", ["80100000", "80100001", "80100003", "80300002", "80300008", "80300010", "80600003"]
)
def test_other_codes_of_huawei_fail_and_keep(stand_in: StandIn, code: str) -> None:
    assert _result(stand_in, Provider.HMS, hms_reply(code)) == _failed(code)


@pytest.mark.parametrize("code", ["80200001", "80200003"])
def test_account_that_huawei_refuses(stand_in: StandIn, code: str) -> None:
    assert _result(stand_in, Provider.HMS, hms_reply(code)) == _refused(code)


@pytest.mark.parametrize("code", ["80000000", "80300007", "81000001", "80200001"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_status_of_huawei_wins_over_its_code(stand_in: StandIn, code: str, status: int) -> None:
    reply = hms_reply(code)
    busy = Reply(status=status, headers={"retry-after": "9"}, body=reply.body)
    assert _result(stand_in, Provider.HMS, busy) == _pending(code, 9)


def test_code_of_huawei_may_be_a_number(stand_in: StandIn) -> None:
    assert _result(stand_in, Provider.HMS, json_reply({"code": 80000000})).outcome is Outcome.SENT


@pytest.mark.parametrize("provider", TOKENS)
@pytest.mark.parametrize("status", [302, 400, 403, 404, 502])
def test_page_of_a_proxy_is_no_answer_of_the_provider(
    stand_in: StandIn, provider: Provider, status: int
) -> None:
    headers = {"location": "https://127.0.0.1:1/", "content-type": "text/html"}
    page = Reply(status=status, headers=headers, body=b"<html>Sorry</html>")
    assert _result(stand_in, provider, page) == _pending(f"HTTP {status}")


@pytest.mark.parametrize("provider", [Provider.FCM, Provider.HMS])
@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"{", b"", b"[" * 60_000, b"\xff"])
def test_malformed_success_is_asked_again(
    stand_in: StandIn, provider: Provider, body: bytes
) -> None:
    assert _result(stand_in, provider, Reply(body=body)) == _pending("MalformedAnswer")


@pytest.mark.parametrize("provider", TOKENS)
@pytest.mark.parametrize("reason", ["x" * 65, "two words", "<script>", "", None, ["a"], {}])
def test_reason_that_is_no_word_is_not_kept(
    stand_in: StandIn, provider: Provider, reason: object
) -> None:
    reply = json_reply(
        {"reason": reason, "code": reason, "error": {"status": reason, "details": reason}},
        status=400,
    )
    assert _result(stand_in, provider, reply) == _pending("HTTP 400")


@pytest.mark.parametrize("provider", TOKENS)
@pytest.mark.parametrize("kind", [Kind.RESET, Kind.RESET_STREAM])
def test_connection_that_ends_leaves_the_message_pending(
    stand_in: StandIn, provider: Provider, kind: Kind
) -> None:
    result = _result(stand_in, provider, Behaviour(kind=kind))
    assert result.outcome is Outcome.PENDING
    assert result.reason in ("ConnectionLost", "StreamReset")
    assert not result.token_is_dead


@pytest.mark.parametrize("provider", TOKENS)
@pytest.mark.parametrize("kind", [Kind.HANG, Kind.DRIP])
def test_provider_that_hangs_is_given_up_in_time(
    stand_in: StandIn, provider: Provider, kind: Kind
) -> None:
    stand_in.desks.faults.plan(provider, Behaviour(kind=kind))
    credentials = getattr(stand_in.accounts, provider.value)
    result = send(credentials, stand_in.settings(total_s=0.5), TOKENS[provider])
    assert result == _pending("Timeout")


@pytest.mark.parametrize("provider", TOKENS)
def test_answer_without_end_is_not_read(stand_in: StandIn, provider: Provider) -> None:
    reply = Reply(status=400, body=b" " * 100_000)
    assert _result(stand_in, provider, reply) == _pending("AnswerTooLong")


@pytest.mark.parametrize("provider", TOKENS)
def test_date_to_come_back_at(stand_in: StandIn, provider: Provider) -> None:
    late = Reply(status=503, headers={"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"})
    result = _result(stand_in, provider, late)
    assert result.outcome is Outcome.PENDING
    assert result.retry_after is not None and result.retry_after > timedelta(days=20_000)
