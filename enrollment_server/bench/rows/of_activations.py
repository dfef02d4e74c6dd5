"""What phones do by the protocol itself."""

from collections.abc import Sequence
from typing import ClassVar

from enrollment_server.bench.bank import CONNECTIONS
from enrollment_server.bench.load import Measured, Queues
from enrollment_server.bench.rows.row import Row
from enrollment_server.bench.signing import Job
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Scope


class Activate(Row):
    """Phones in this row are whole: each answer is needed for the next request.

    So the rate and the times are those of the phones, and what counts is the CPU of the server.
    """

    name, title = "activate", "activation, all requests"
    most_per_second = 100

    def queues(self, each: int) -> Queues:
        codes = self.bank.activation_codes(each * CONNECTIONS)
        return [[code.encode() for code in codes[n::CONNECTIONS]] for n in range(CONNECTIONS)]

    def send(
        self,
        generator: Sequence[str],
        queues: Queues,
        *,
        seconds: float,
        per_second: float,
        cycle: bool,
    ) -> Measured:
        codes = [code.decode() for queue in queues for code in queue]
        return self.signers.activate(self.bank.new_phone().state, codes, seconds=seconds)


class Detail(Row):
    """The encrypted call: under a key of the activation, and with a token of two factors."""

    name, title = "detail", "activation/detail, encrypted, by token"
    group: ClassVar[str] = "usual"
    body: ClassVar[bytes] = b"{}"

    def queues(self, each: int) -> Queues:
        return self.signers.perform(
            [self._job(phone, each) for phone in self.bank.phones(self.group)]
        )

    def _job(self, phone: Phone, each: int) -> Job:
        key = phone.temporary_key(Scope.ACTIVATION)
        return Job(
            phone=phone.state,
            path=phone.path_of("activation/detail"),
            bodies=[self.body] * each,
            keys={Scope.ACTIVATION: key},
        )
