"""A row of the benchmark: one kind of request to one server, and what was sent of it so far."""

from collections.abc import Sequence
from typing import ClassVar

from enrollment_server.bench.bank import CONNECTIONS, BenchBank
from enrollment_server.bench.load import Measured, Queues, generate_load, http_request
from enrollment_server.bench.signing import Job, Signers
from powerauth.phone.requests.bodies import to_body

_CYCLE = 100  # different requests of a row that may be sent again


class Row:
    """One kind of request to one server, and what was sent of it so far."""

    name: ClassVar[str]
    title: ClassVar[str]
    cycles: ClassVar[bool] = False
    """Whether the same requests may be sent again and again."""
    opens: ClassVar[bool] = False
    """Whether it is measured with open arrivals, too."""
    most_per_second: ClassVar[int] = 2000
    """What no server serves, while nobody knows the rate yet."""

    def __init__(self, bank: BenchBank, signers: Signers) -> None:
        self.bank = bank
        self.signers = signers
        self.prepare()

    def prepare(self) -> None:
        """Bring about what the requests ask for."""

    def queues(self, each: int) -> Queues:
        """Write so many requests for each connection."""
        raise NotImplementedError

    def send(
        self,
        generator: Sequence[str],
        queues: Queues,
        *,
        seconds: float,
        per_second: float,
        cycle: bool,
    ) -> Measured:
        """Send what `queues` has written; see `generate_load`."""
        load = generate_load(
            generator,
            self.bank.base_url,
            queues,
            seconds=seconds,
            per_second=per_second,
            cycle=cycle,
        )
        self.settle(load.sent)
        return load

    def settle(self, sent: Sequence[int]) -> None:
        """Hear how many requests each connection has sent of the queues that were written last."""


class Cycling(Row):
    """Requests that the server answers again and again."""

    cycles = True

    def queues(self, each: int) -> Queues:
        return [
            [self.request(number) for _ in range(min(each, _CYCLE))]
            for number in range(CONNECTIONS)
        ]

    def request(self, number: int) -> bytes:
        """Write a request for a connection."""
        raise NotImplementedError


class ByToken(Row):
    """A token, which a phone may use at any time."""

    group: ClassVar[str] = "usual"
    path: ClassVar[str]
    body: ClassVar[bytes] = to_body({})

    def queues(self, each: int) -> Queues:
        phones = self.bank.phones(self.group)
        return self.signers.perform(
            [Job.repeated(phone.state, self.path, self.body, each) for phone in phones]
        )


class Signed(Row):
    """Two factors; the counter of a phone moves with each request that was sent, and no other."""

    group: ClassVar[str]
    path: ClassVar[str]
    resource_id: ClassVar[str]

    def bodies(self, number: int, each: int) -> list[bytes]:
        """Write what a connection sends."""
        raise NotImplementedError

    def queues(self, each: int) -> Queues:
        jobs = [
            Job(
                phone=phone.state,
                path=self.path,
                bodies=self.bodies(number, each),
                resource_id=self.resource_id,
            )
            for number, phone in enumerate(self.bank.phones(self.group))
        ]
        return self.signers.perform(jobs)

    def settle(self, sent: Sequence[int]) -> None:
        for phone, steps in zip(self.bank.phones(self.group), sent, strict=True):
            phone.advance(steps)


class Livez(Cycling):
    """The floor: a request that the server answers without any work."""

    name, title = "livez", "GET /livez (floor)"

    def request(self, number: int) -> bytes:
        return http_request("GET", f"{self.bank.base_url}/livez", {"Accept-Language": "en"})
