"""The load generator in C and its twin in Python: what they send, count and tell."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from enrollment_server.bench import compiler
from enrollment_server.bench.load import LoadFailed, Measured, generate_load, http_request
from tests.bench.counting_server import CountingServer, counting_server

LONG_S = 30.0  # much more than any of these needs


@pytest.fixture(scope="module", params=["c", "python"])
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    if request.param == "python":
        return compiler.twin()
    return compiler.generator(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with counting_server() as running:
        yield running


def queue(server: CountingServer, name: str, count: int, wish: str = "") -> list[bytes]:
    return [
        http_request("GET", f"{server.url}/{name}-{i}", {}).replace(
            b" HTTP/1.1\r\n", f"{wish} HTTP/1.1\r\n".encode()
        )
        for i in range(count)
    ]


def names(name: str, count: int) -> list[str]:
    return [f"/{name}-{i}" for i in range(count)]


def test_each_connection_sends_its_queue_in_order_until_one_ends(
    command: list[str], server: CountingServer
) -> None:
    load = generate_load(
        command, server.url, [queue(server, "a", 50), queue(server, "b", 50)], seconds=LONG_S
    )
    heard = server.heard()
    assert [paths == names(name, len(paths)) for name, paths in zip("ab", heard, strict=True)] == [
        True,
        True,
    ]
    assert max(map(len, heard)) == 50
    assert load.sent == [len(paths) for paths in heard]
    assert load.answered == sum(load.sent)
    assert (load.refused, load.broken, load.unsent, load.exhausted) == (0, 0, 0, True)
    assert load.insist("a") is load


def test_queues_start_over_until_the_time_is_over(
    command: list[str], server: CountingServer
) -> None:
    load = generate_load(command, server.url, [queue(server, "a", 3)], seconds=0.5, cycle=True)
    cycle = itertools.cycle(names("a", 3))
    assert server.heard() == [list(itertools.islice(cycle, load.answered))]
    assert load.answered > 3
    assert not load.exhausted
    assert load.elapsed_s >= 0.5
    assert load.per_second == pytest.approx(load.answered / load.elapsed_s, rel=0.01)
    assert 0 < load.p50_ms <= load.p95_ms <= load.p99_ms <= load.max_ms
    assert load.cpu_s > 0


def test_bodies_arrive_whole(command: list[str], server: CountingServer) -> None:
    body = b"x" * 100_000
    request = http_request("POST", f"{server.url}/a", {"Content-Type": "text/plain"}, body)
    load = generate_load(command, server.url, [[request] * 3], seconds=LONG_S)
    assert server.heard() == [["/a" + body.decode()] * 3]
    assert load.answered == 3


def test_answers_that_are_not_200_are_counted_and_the_first_is_told(
    command: list[str], server: CountingServer
) -> None:
    wishes = ["", "?status=401", "?status=503", ""]
    requests = [queue(server, "a", 1, wish)[0] for wish in wishes]
    load = generate_load(command, server.url, [requests], seconds=LONG_S)
    assert (load.answered, load.refused, load.broken) == (4, 2, 0)
    assert load.refusal() == 'HTTP 401, NO_"WAY"'
    with pytest.raises(LoadFailed, match="2 of 4 answers were not 200; the first: HTTP 401"):
        load.insist("a")


def test_answer_in_chunks_is_read_to_its_end(command: list[str], server: CountingServer) -> None:
    requests = queue(server, "a", 3, "?chunks")
    load = generate_load(command, server.url, [requests], seconds=LONG_S)
    assert (load.answered, load.refused, load.broken) == (3, 0, 0)
    assert server.heard() == [names("a", 3)]


def test_connection_that_the_server_closes_is_made_again(
    command: list[str], server: CountingServer
) -> None:
    requests = queue(server, "a", 1) + queue(server, "b", 1, "?close") + queue(server, "c", 1)
    load = generate_load(command, server.url, [requests], seconds=LONG_S)
    assert (load.answered, load.broken) == (3, 0)
    assert server.heard() == [["/a-0", "/b-0"], ["/c-0"]]


def test_request_without_an_answer_is_counted(command: list[str], server: CountingServer) -> None:
    requests = queue(server, "a", 1, "?vanish") + queue(server, "b", 1)
    load = generate_load(command, server.url, [requests], seconds=LONG_S)
    assert (load.answered, load.broken, load.sent) == (1, 1, [2])
    with pytest.raises(LoadFailed, match="1 requests got no answer"):
        load.insist("a")


def test_open_arrivals_begin_at_their_times(command: list[str], server: CountingServer) -> None:
    queues = [queue(server, "a", 50), queue(server, "b", 50)]
    load = generate_load(command, server.url, queues, seconds=1.0, per_second=40)
    assert (load.answered, load.unsent, load.exhausted) == (40, 0, False)
    assert sum(load.sent) == 40
    assert server.heard() == [names("a", load.sent[0]), names("b", load.sent[1])]
    # The last of forty begins 39/40 of a second behind the first, however fast answers come.
    assert max(server.arrivals) - min(server.arrivals) > 0.9


def test_time_of_an_open_arrival_counts_from_when_it_was_due(
    command: list[str], server: CountingServer
) -> None:
    server.is_slow = True  # 0.2 s each
    load = generate_load(
        command, server.url, [queue(server, "a", 20)], seconds=0.5, per_second=20, cycle=True
    )
    # Ten were due within half a second, on one connection: the last waits for nine others.
    assert (load.answered, load.unsent) == (10, 0)
    assert load.max_ms > 10 * 200 - 450 - 1
    assert load.p50_ms > 5 * 200 - 200 - 1
    assert load.elapsed_s >= 2.0


def test_open_arrivals_go_where_requests_are_left(
    command: list[str], server: CountingServer
) -> None:
    queues = [queue(server, "a", 1), queue(server, "b", 20)]
    load = generate_load(command, server.url, queues, seconds=0.5, per_second=20)
    assert (load.answered, load.unsent, load.exhausted, load.sent) == (10, 0, False, [1, 9])


def test_open_arrivals_without_a_request_are_told(
    command: list[str], server: CountingServer
) -> None:
    load = generate_load(command, server.url, [queue(server, "a", 5)], seconds=0.5, per_second=20)
    assert (load.answered, load.unsent, load.exhausted) == (5, 5, True)


def test_server_that_is_not_there_is_told(command: list[str], server: CountingServer) -> None:
    requests = queue(server, "a", 1)
    with pytest.raises(LoadFailed, match="refused"):
        generate_load(command, "http://127.0.0.1:1", [requests], seconds=1.0)


def test_program_is_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    (program,) = compiler.generator(folder)
    written = Path(program).stat().st_mtime_ns
    assert compiler.generator(folder) == [program]
    assert Path(program).stat().st_mtime_ns == written
    assert [found.name for found in folder.iterdir()] == [Path(program).name]


@pytest.mark.parametrize("compilers", [("no-such-compiler",), ("false",)])
def test_nothing_is_left_where_nothing_compiles(tmp_path: Path, compilers: tuple[str, ...]) -> None:
    assert compiler.generator(tmp_path, compilers=compilers) == []
    assert list(tmp_path.iterdir()) == []


def test_without_a_compiler_the_twin_works_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    (program,) = compiler.generator_or_twin(tmp_path / "with", warn=said.append)
    assert Path(program).parent == tmp_path / "with"
    assert said == []
    monkeypatch.setenv("PATH", str(tmp_path))
    command = compiler.generator_or_twin(tmp_path / "without", warn=said.append)
    assert command == compiler.twin()
    assert said == [compiler.NO_COMPILER]


def test_unreadable_refusal_is_told_by_its_status() -> None:
    members = dict.fromkeys(Measured.__dataclass_fields__, 0)
    load = Measured(**{**members, "refusal_status": 502, "refusal_body": "<html>"})  # type: ignore[arg-type]
    assert load.refusal() == "HTTP 502, without an error code"
