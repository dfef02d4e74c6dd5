"""What the benchmark asks of the server: requests of real phones, signed before they are timed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

from enrollment_server.bench.load import Prepared
from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.own_server import new_session
from enrollment_server.demo.seed import demo_parameters
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER

PIN = "1234"
TEMPLATE = "payment"
LIST = "/api/auth/token/app/operation/list"
AUTHORIZE = "/api/auth/token/app/operation/authorize"


class Workload:
    """Activated phones, each of a user of its own."""

    def __init__(self, base_url: str, *, phones: int) -> None:
        """Register an application, and activate the phones with it."""
        self._base_url = base_url
        self._prefix = urlsplit(base_url).path
        self._application_id = f"bench-{uuid4().hex[:8]}"
        bank = self._bank()
        bank.call("application/create", applicationId=self._application_id)
        detail = bank.call("application/detail", applicationId=self._application_id)
        self._sdk_config = detail["versions"][0]["mobileSdkConfig"]
        with ThreadPoolExecutor(phones) as pool:
            self.phones = list(pool.map(self._activate, range(phones)))

    def _bank(self) -> BankClient:
        return BankClient(self._base_url, new_session())

    def _user_of(self, number: int) -> str:
        return f"{self._application_id}-{number}"

    def _activate(self, number: int) -> Phone:
        phone = Phone(self._base_url, sdk_config=self._sdk_config, session=new_session())
        bank = self._bank()
        code = bank.call(
            "activation/init",
            userId=self._user_of(number),
            applicationId=self._application_id,
            commitPhase="ON_KEY_EXCHANGE",
        )
        phone.activate(code["activationCode"], pin=PIN)
        phone.create_token()
        return phone

    def create_operations(self, each: int) -> list[list[tuple[str, str]]]:
        """Let the bank ask each phone for decisions; give ids and data by phone."""
        with ThreadPoolExecutor(len(self.phones)) as pool:
            return list(
                pool.map(self._operations_of, range(len(self.phones)), [each] * len(self.phones))
            )

    def _operations_of(self, number: int, count: int) -> list[tuple[str, str]]:
        bank = self._bank()
        created = [
            bank.call(
                "operation/create",
                userId=self._user_of(number),
                applications=[self._application_id],
                templateName=TEMPLATE,
                parameters=demo_parameters(TEMPLATE),
            )
            for _ in range(count)
        ]
        return [(operation["id"], operation["data"]) for operation in created]

    def livez(self, each: int) -> list[list[Prepared]]:
        """Give requests that the server answers without any work, a queue a phone."""
        request = Prepared(method="GET", path=f"{self._prefix}/livez")
        return [[request] * each for _ in self.phones]

    def lists(self, each: int) -> list[list[Prepared]]:
        """Give requests for the list of pending operations, by token."""
        return [[self._list(phone) for _ in range(each)] for phone in self.phones]

    def _list(self, phone: Phone) -> Prepared:
        header = phone.token_header(phone.usual_token())
        return Prepared(
            method="POST",
            path=self._prefix + LIST,
            body=to_body({}),
            header=(TOKEN_HEADER, header),
        )

    def approvals(self, operations: Sequence[Sequence[tuple[str, str]]]) -> list[list[Prepared]]:
        """Give approvals with two factors, signed in the order in which they must be sent."""
        return [
            [self._approval(phone, *operation) for operation in own]
            for phone, own in zip(self.phones, operations, strict=True)
        ]

    def _approval(self, phone: Phone, operation_id: str, data: str) -> Prepared:
        body = to_body({"id": operation_id, "data": data})
        header = phone.sign("POST", "/operation/authorize", body, pin=PIN)
        return Prepared(
            method="POST",
            path=self._prefix + AUTHORIZE,
            body=body,
            header=(SIGNATURE_HEADER, header),
        )
