"""What phones ask all day."""

import secrets
from collections.abc import Sequence

from enrollment_server.bench.bank import CONNECTIONS, OperationText
from enrollment_server.bench.load import Queues, http_request
from enrollment_server.bench.rows.row import ByToken, Cycling, Signed
from enrollment_server.bench.signing import USUAL_HEADERS
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.status_blob import CHALLENGE_SIZE


class OperationList(ByToken):
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


class InboxCount(ByToken):
    name, title = "count", "inbox/count"
    path = "/api/inbox/count"

    def prepare(self) -> None:
        self.bank.phones(self.group)
        self.bank.write_messages(self.group)


class InboxList(InboxCount):
    name, title = "messages", "inbox/message/list, 20 messages"
    path = "/api/inbox/message/list"
    body = to_body({"page": 0, "size": 20, "onlyUnread": False})


class Authorize(Signed):
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


class Validate(Signed):
    name, title = "validate", "pa/v3/signature/validate"
    group = "usual"
    path = "/pa/v3/signature/validate"
    resource_id = "/pa/signature/validate"

    def bodies(self, number: int, each: int) -> list[bytes]:
        return [to_body({"amount": "2199.40"})] * each


class ActivationStatus(Cycling):
    """With a challenge, as protocol 3.3 sends it: the answer is encrypted for it alone."""

    name, title = "status", "pa/v3/activation/status, 3.3"

    def request(self, number: int) -> bytes:
        phone = self.bank.phones("usual")[number]
        challenge = b64(secrets.token_bytes(CHALLENGE_SIZE))
        body = to_body({"activationId": phone.activation_id, "challenge": challenge})
        url = f"{self.bank.base_url}/pa/v3/activation/status"
        return http_request("POST", url, USUAL_HEADERS, body)
