"""Many messages on one connection to Apple, and what becomes of the others when one goes wrong."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from push.messages.values import PushMessage
from push.providers.values import Client, Outcome, Result, Target
from push.stand_in.faults import Behaviour, Kind, apns_reply
from push.stand_in.http2_server import Http2Server
from push.stand_in.server import StandIn
from push.stand_in.values import Provider, Received
from tests.push.providers.sending import MESSAGE, listening, now, send, with_client

LIMIT = 50  # streams that the stand-in takes at once


def _token(number: int) -> str:
    return f"{number + 1:064x}"


async def _send(
    client: Client, numbers: Sequence[int], message: PushMessage = MESSAGE
) -> list[Result]:
    targets = [Target(token=_token(number)) for number in numbers]
    return await asyncio.gather(*(client.send(message, each, at=now()) for each in targets))


def _reasons(results: Sequence[Result]) -> Counter[str]:
    return Counter(each.reason or each.outcome for each in results)


def _each_once(received: Sequence[Received], count: int) -> bool:
    return sorted(each.token for each in received) == sorted(_token(n) for n in range(count))


def _run(
    stand_in: StandIn, *batches: Sequence[int], total_s: float = 10, message: PushMessage = MESSAGE
) -> list[list[Result]]:
    """Send batches one after the other by one client."""

    async def work(client: Client) -> list[list[Result]]:
        return [await _send(client, batch, message) for batch in batches]

    return with_client(stand_in.accounts.apns, stand_in.settings(total_s=total_s), work)


def _plan(stand_in: StandIn, number: int, kind: Kind, *, times: int | None = 1) -> None:
    stand_in.desks.faults.plan(
        Provider.APNS, Behaviour(kind=kind), token=_token(number), times=times
    )


def test_messages_share_one_connection(stand_in: StandIn) -> None:
    stand_in.desks.latency_s = 0.05
    (results,) = _run(stand_in, range(300))
    assert _reasons(results) == {"sent": 300}
    received = stand_in.desks.mailbox.look()
    assert _each_once(received, 300)
    assert len({each.connection for each in received}) == 1
    # As many at once as the provider allows, and never more.
    assert LIMIT // 2 < stand_in.desks.most_at_once <= LIMIT


def test_bodies_wait_for_room(stand_in: StandIn) -> None:
    message = PushMessage(extras={"a": "x" * 4000})
    (results,) = _run(stand_in, range(200), message=message)
    assert _reasons(results) == {"sent": 200}
    assert _each_once(stand_in.desks.mailbox.look(), 200)


def test_each_answer_is_for_its_own_message(stand_in: StandIn) -> None:
    for number in range(0, 60, 3):
        stand_in.desks.faults.plan(
            Provider.APNS, Behaviour(reply=apns_reply("BadDeviceToken")), token=_token(number)
        )
    (results,) = _run(stand_in, range(60))
    dead = [number for number, result in enumerate(results) if result.token_is_dead]
    assert dead == list(range(0, 60, 3))


def test_what_the_provider_did_not_look_at_goes_out_on_another_connection(
    stand_in: StandIn,
) -> None:
    _plan(stand_in, 5, Kind.GO_AWAY)
    _, results = _run(stand_in, [100], range(30))
    assert _reasons(results) == {"sent": 30}
    received = [each for each in stand_in.desks.mailbox.look() if each.token != _token(100)]
    assert _each_once(received, 30)
    assert len({each.connection for each in received}) == 2


def test_what_was_begun_is_answered_after_goaway(stand_in: StandIn) -> None:
    stand_in.desks.latency_s = 0.05
    _plan(stand_in, 3, Kind.LAST)
    first, second = _run(stand_in, range(4), [4])
    assert _reasons([*first, *second]) == {"sent": 5}
    received = stand_in.desks.mailbox.look()
    assert _each_once(received, 5)
    connections = {each.token: each.connection for each in received}
    assert connections[_token(3)] != connections[_token(4)]


def test_stream_that_is_refused_is_opened_again(stand_in: StandIn) -> None:
    _plan(stand_in, 0, Kind.REFUSE_STREAM, times=2)
    (results,) = _run(stand_in, [0])
    assert _reasons(results) == {"sent": 1}


def test_provider_that_refuses_all_streams_is_not_asked_forever(stand_in: StandIn) -> None:
    _plan(stand_in, 0, Kind.REFUSE_STREAM, times=None)
    (results,) = _run(stand_in, [0])
    assert _reasons(results) == {"StreamReset": 1}


def test_provider_that_always_goes_away_is_not_asked_forever(stand_in: StandIn) -> None:
    _plan(stand_in, 0, Kind.GO_AWAY, times=None)
    (results,) = _run(stand_in, [0])
    assert _reasons(results) == {"ConnectionLost": 1}
    assert results[0].outcome is Outcome.PENDING


def test_connection_that_breaks_leaves_its_messages_pending(stand_in: StandIn) -> None:
    for number in range(1, 10):
        _plan(stand_in, number, Kind.HANG)
    _plan(stand_in, 10, Kind.RESET)
    _, results, after = _run(stand_in, [0], range(1, 11), [0])
    assert _reasons(results) == {"ConnectionLost": 10}
    assert _reasons(after) == {"sent": 1}
    assert len({each.connection for each in stand_in.desks.mailbox.look()}) == 2


def test_stream_that_hangs_holds_up_no_other(stand_in: StandIn) -> None:
    _plan(stand_in, 1, Kind.HANG)

    async def work(client: Client) -> Result:
        await _send(client, [0])
        hanging = asyncio.create_task(client.send(MESSAGE, Target(token=_token(1)), at=now()))
        for number in range(2, 30):
            assert _reasons(await _send(client, [number])) == {"sent": 1}
            assert not hanging.done()
        await client.close()
        return await hanging

    result = with_client(stand_in.accounts.apns, stand_in.settings(), work)
    assert result.reason == "ConnectionLost"
    # Others were answered meanwhile, so the connection is sound.
    assert len({each.connection for each in stand_in.desks.mailbox.look()}) == 1


def test_connection_without_a_word_is_not_used_again(stand_in: StandIn) -> None:
    _plan(stand_in, 1, Kind.HANG)
    _, results, after = _run(stand_in, [0], [1], [2], total_s=2)
    assert _reasons(results) == {"Timeout": 1}
    assert _reasons(after) == {"sent": 1}
    assert len({each.connection for each in stand_in.desks.mailbox.look()}) == 2


def test_what_is_given_up_makes_room(stand_in: StandIn) -> None:
    for number in range(1, 1 + 2 * LIMIT):
        _plan(stand_in, number, Kind.HANG)
    for number in range(1, 1 + LIMIT):
        stand_in.desks.faults.plan(
            Provider.APNS, Behaviour(kind=Kind.DRIP), token=_token(number), times=1
        )
    _, results, after = _run(stand_in, [0], range(1, 1 + LIMIT), range(200, 260), total_s=2)
    assert _reasons(results) == {"Timeout": LIMIT}
    assert _reasons(after) == {"sent": 60}
    assert len({each.connection for each in stand_in.desks.mailbox.look()}) == 1


def test_client_that_is_closed_ends_what_is_under_way(stand_in: StandIn) -> None:
    _plan(stand_in, 1, Kind.HANG)

    async def work(client: Client) -> Result:
        await _send(client, [0])
        hanging = asyncio.create_task(client.send(MESSAGE, Target(token=_token(1)), at=now()))
        await asyncio.sleep(0.1)
        await client.close()
        return await hanging

    result = with_client(stand_in.accounts.apns, stand_in.settings(), work)
    assert result == Result(outcome=Outcome.PENDING, reason="ConnectionLost")


@pytest.mark.parametrize("development", [False, True])
def test_probe_tells_a_wrong_key_from_a_right_one(stand_in: StandIn, development: bool) -> None:
    def probed() -> Result:
        return with_client(
            stand_in.accounts.apns,
            stand_in.settings(),
            lambda client: client.probe(at=now(), development=development),
        )

    assert probed() == Result(outcome=Outcome.SENT)
    stand_in.desks.faults.plan(Provider.APNS, Behaviour(reply=apns_reply("InvalidProviderToken")))
    assert probed().credentials_refused
    stand_in.desks.faults.plan(Provider.APNS, Behaviour(reply=apns_reply("TopicDisallowed")))
    assert probed() == Result(outcome=Outcome.FAILED, reason="TopicDisallowed")
    assert stand_in.desks.mailbox.look() == []


@contextmanager
def _plain(stand_in: StandIn, *, mute: int = 0) -> Iterator[tuple[str, list[int]]]:
    """Serve Apple's part without TLS; the first connections get no word.

    Returns: its address, and the connections that came.
    """
    came: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(len(came))
        if len(came) <= mute:
            await reader.read(-1)
            writer.close()
            return
        answer = stand_in.desks.answer_apns
        await Http2Server(reader, writer, answer, development=False).serve()

    with listening(serve, "127.0.0.1") as port:
        yield f"http://127.0.0.1:{port}", came


def test_relay_of_the_bank_may_do_without_tls(stand_in: StandIn) -> None:
    with _plain(stand_in) as (url, _):
        settings = replace(stand_in.settings(), apns_url=url)
        assert send(stand_in.accounts.apns, settings, _token(0)).outcome is Outcome.SENT


def test_connection_on_which_nobody_begins_to_talk_is_not_used_again(stand_in: StandIn) -> None:
    with _plain(stand_in, mute=1) as (url, came):
        settings = replace(stand_in.settings(total_s=2), apns_url=url)

        async def work(client: Client) -> list[Result]:
            return [*await _send(client, [0, 1]), *await _send(client, [2])]

        results = with_client(stand_in.accounts.apns, settings, work)
    assert [each.reason for each in results] == ["Timeout", "Timeout", ""]
    assert len(came) == 2


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_is_what_happened(stand_in: StandIn, seed: int) -> None:
    """Streams are refused and reset, and connections go away, all at once."""
    chance = random.Random(seed)  # noqa: S311
    kinds = (Kind.GO_AWAY, Kind.LAST, Kind.REFUSE_STREAM, Kind.RESET_STREAM)
    stand_in.desks.latency_s = 0.01
    for number in chance.sample(range(1, 200), 6):
        _plan(stand_in, number, chance.choice(kinds))
    _, results = _run(stand_in, [0], range(1, 200), total_s=60)
    came = Counter(each.token for each in stand_in.desks.mailbox.look())
    for number, result in enumerate(results, start=1):
        expected = 1 if result.outcome is Outcome.SENT else 0
        assert came[_token(number)] == expected, (number, result)
    # Only a reset, and a connection that goes away each time, leaves anything for later.
    assert sum(each.outcome is Outcome.SENT for each in results) >= 150
