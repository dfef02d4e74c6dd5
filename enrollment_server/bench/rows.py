"""What is measured: a row for each kind of request, with the requests that make its load."""

import secrets
from collections.abc import Sequence
from typing import ClassVar

from enrollment_server.bench.bank import CONNECTIONS, BenchBank, OperationText
from enrollment_server.bench.load import Queues, http_request
from enrollment_server.bench.signing import USUAL_HEADERS, Job, Signers
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.status_blob import CHALLENGE_SIZE

_CYCLE = 100  # different requests of a row that may be sent again


class Row:
    """One kind of request to one server, and what was sent of it so far."""

    name: ClassVar[str]
    title: ClassVar[str]
    cycles: ClassVar[bool] = False
    """Whether the same requests may be sent again and again."""
    opens: ClassVar[bool] = False
    """Whether it is measured with open arrivals, too."""

    def __init__(self, bank: BenchBank, signers: Signers) -> None:
        self.bank = bank
        self.signers = signers
        self.prepare()

    def prepare(self) -> None:
        """Bring about what the requests ask for."""

    def queues(self, each: int) -> Queues:
        """Write so many requests for each connection."""
        raise NotImplementedError

    def settle(self, sent: Sequence[int]) -> None:
        """Hear how many requests each connection has sent of the queues that were written last."""


class _Cycling(Row):
    cycles = True

    def queues(self, each: int) -> Queues:
        return [
            [self.request(number) for _ in range(min(each, _CYCLE))]
            for number in range(CONNECTIONS)
        ]

    def request(self, number: int) -> bytes:
        """Write a request for a connection."""
        raise NotImplementedError


class Livez(_Cycling):
    """The floor: a request that the server answers without any work."""

    name, title = "livez", "GET /livez (floor)"

    def request(self, number: int) -> bytes:
        return http_request("GET", f"{self.bank.base_url}/livez", {"Accept-Language": "en"})


class _ByToken(Row):
    group: ClassVar[str] = "usual"
    path: ClassVar[str]
    body: ClassVar[bytes] = to_body({})

    def queues(self, each: int) -> Queues:
        phones = self.bank.phones(self.group)
        return self.signers.perform(
            [Job.repeated(phone.state, self.path, self.body, each) for phone in phones]
        )


class OperationList(_ByToken):
    """What apps ask every few seconds."""

    name, title, opens = "list", "operation/list, 3 pending", True
    path = "/api/auth/token/app/operation/list"
    pending = 3

    def prepare(self) -> None:
        self.bank.phones(self.group)
        for number in range(CONNECTIONS):
            self.bank.create_operations(self.bank.user(self.group, number), self.pending)


class LongOperationList(OperationList):
    """The longest list that a server gives out by default."""

    name, title, opens = "list100", "operation/list, 100 pending", False
    group = "busy"
    pending = 100


class InboxCount(_ByToken):
    name, title = "count", "inbox/count"
    path = "/api/inbox/count"

    def prepare(self) -> None:
        self.bank.phones(self.group)
        self.bank.write_messages(self.group)


class InboxList(InboxCount):
    name, title = "messages", "inbox/message/list, 20 messages"
    path = "/api/inbox/message/list"
    body = to_body({"page": 0, "size": 20, "onlyUnread": False})


class _Signed(Row):
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


class Authorize(_Signed):
    """What the product is for."""

    name, title, opens = "authorize", "operation/authorize, two factors", True
    group = "deciding"
    path = "/api/auth/token/app/operation/authorize"
    resource_id = "/operation/authorize"

    def prepare(self) -> None:
        self.bank.phones(self.group)
        self._pending: list[list[OperationText]] = [[] for _ in range(CONNECTIONS)]

    def queues(self, each: int) -> Queues:
        for number, pending in enumerate(self._pending):
            if len(pending) < each:
                user = self.bank.user(self.group, number)
                pending += self.bank.create_operations(user, each - len(pending))
        self.bank.analyze()
        return super().queues(each)

    def bodies(self, number: int, each: int) -> list[bytes]:
        return [to_body({"id": one, "data": data}) for one, data in self._pending[number][:each]]

    def settle(self, sent: Sequence[int]) -> None:
        super().settle(sent)
        self._pending = [
            pending[steps:] for pending, steps in zip(self._pending, sent, strict=True)
        ]


class Validate(_Signed):
    name, title = "validate", "pa/v3/signature/validate"
    group = "usual"
    path = "/pa/v3/signature/validate"
    resource_id = "/pa/signature/validate"

    def bodies(self, number: int, each: int) -> list[bytes]:
        return [to_body({"amount": "2199.40"})] * each


class ActivationStatus(_Cycling):
    """With a challenge, as protocol 3.3 sends it: the answer is encrypted for it alone."""

    name, title = "status", "pa/v3/activation/status, 3.3"

    def request(self, number: int) -> bytes:
        phone = self.bank.phones("usual")[number]
        challenge = b64(secrets.token_bytes(CHALLENGE_SIZE))
        body = to_body({"activationId": phone.activation_id, "challenge": challenge})
        url = f"{self.bank.base_url}/pa/v3/activation/status"
        return http_request("POST", url, USUAL_HEADERS, body)


class OperationCreate(_Cycling):
    """What the bank's systems ask."""

    name, title = "create", "rest/v3/operation/create"

    def request(self, number: int) -> bytes:
        user = self.bank.user("asked", secrets.randbelow(1000))
        url = f"{self.bank.engine_url}/rest/v3/operation/create"
        return http_request("POST", url, USUAL_HEADERS, to_body(self.bank.operation(user)))


_ALL: tuple[type[Row], ...] = (
    OperationList,
    Authorize,
    Validate,
    ActivationStatus,
    InboxCount,
    InboxList,
    OperationCreate,
    LongOperationList,
)
ROWS: dict[str, type[Row]] = {row.name: row for row in _ALL}
TITLES: dict[str, str] = {row.name: row.title for row in _ALL}


USUAL_OF_PHONES = "list,authorize,validate,count,messages"


class UnknownRow(Exception):
    """There is no such row."""


def selected(names: str) -> list[str]:
    """Give the rows that a list such as ``list,authorize`` names, in the order of the table.

    Raises:
        UnknownRow: one of them does not exist; with those that do.
    """
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    if unknown := sorted(wanted - set(ROWS)):
        raise UnknownRow(f"There is no row {', '.join(unknown)}; there are {', '.join(ROWS)}.")
    return [name for name in ROWS if name in wanted or not wanted]
