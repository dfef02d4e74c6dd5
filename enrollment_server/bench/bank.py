"""The bank of the benchmark on one server: an application, users, and phones of theirs."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from enrollment_server.bench.activating import PIN
from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.own_server import new_session
from enrollment_server.demo.seed import demo_parameters
from powerauth.phone.phone import Phone
from powerauth.phone.requests.signing import TWO_FACTORS
from powerauth.protocol.v4.suites import EC_P384, available_suites

TEMPLATE = "payment"  # of the demo bank
CONNECTIONS = 8
MESSAGES = 20  # of each user
_WAITS = timedelta(days=1)
_OPERATIONS, _LINKS = "operations_operation", "operations_operationapplication"

OperationText = tuple[str, str]
"""Id and data of an operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What phones speak.

    Args:
        suite: of activations, in protocol 4.0.
    """

    version: str = "3.3"
    suite: str = EC_P384.name

    @property
    def label(self) -> str:
        return self.version if self.version != "4.0" else f"{self.version} {self.suite}"


def dialects() -> list[Dialect]:
    """Give the newest version of each generation, in each suite that there is on this machine."""
    four = [Dialect(version="4.0", suite=suite.name) for suite in available_suites()]
    return [Dialect(), *four]


class BenchBank:
    """A bank and its users; each group of users has phones of its own."""

    def __init__(
        self,
        base_url: str,
        database_url: str,
        *,
        engine_url: str = "",
        dialect: Dialect = Dialect(),
    ) -> None:
        """Register an application.

        Args:
            base_url: of the server that phones call.
            database_url: of the operations.
            engine_url: of the server that the bank's systems call, if it is another one.
            dialect: of all phones.
        """
        self.base_url = base_url
        self.engine_url = engine_url or base_url
        self.application_id = f"bench-{uuid4().hex[:8]}"
        self._dialect = dialect
        self._database_url = database_url
        bank = self._client()
        bank.call("application/create", applicationId=self.application_id)
        self._create_template(bank)
        detail = bank.call("application/detail", applicationId=self.application_id)
        self._sdk_config = detail["versions"][0]["mobileSdkConfig"]
        self.phones = cache(self._phones)
        self.write_messages = cache(self._write_messages)

    def _create_template(self, bank: BankClient) -> None:
        """Copy the demo bank's template, named like the application.

        What is made by a back end rings no phone; the rows are those of before there was a ring.
        """
        known = {one["templateName"]: one for one in bank.call("operation/template/list")}
        values = {name: value for name, value in known[TEMPLATE].items() if name != "id"}
        bank.call("operation/template/create", **{**values, "templateName": self.application_id})

    def _client(self) -> BankClient:
        return BankClient(self.engine_url, new_session())

    def user(self, group: str, number: int) -> str:
        return f"{self.application_id}-{group}-{number}"

    def _phones(self, group: str) -> list[Phone]:
        """Give the phones of a group, a phone for each connection; `phones` remembers them."""
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            users = [self.user(group, number) for number in range(CONNECTIONS)]
            return list(pool.map(self._activated, users))

    def new_phone(self) -> Phone:
        """Give a phone that has no activation yet."""
        return Phone(
            self.base_url,
            sdk_config=self._sdk_config,
            version=self._dialect.version,
            suite=self._dialect.suite,
            session=new_session(),
        )

    def activation_codes(self, count: int) -> list[str]:
        """Begin so many activations, each of a user of its own."""
        users = [f"{self.application_id}-{uuid4()}" for _ in range(count)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return list(pool.map(self._activation_code, users))

    def _activation_code(self, user: str) -> str:
        begun = self._client().call(
            "activation/init",
            userId=user,
            applicationId=self.application_id,
            commitPhase="ON_KEY_EXCHANGE",
        )
        return str(begun["activationCode"])

    def _activated(self, user: str) -> Phone:
        phone = self.new_phone()
        phone.activate(self._activation_code(user), pin=PIN)
        phone.create_token(TWO_FACTORS, PIN)  # the detail wants both
        return phone

    def operation(self, user: str) -> dict[str, Any]:
        """Describe a payment to approve, as `operation/create` wants it."""
        return {
            "userId": user,
            "applications": [self.application_id],
            "templateName": self.application_id,
            "parameters": demo_parameters(TEMPLATE),
            "timestampExpires": (datetime.now(UTC) + _WAITS).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def create_operations(self, user: str, count: int) -> list[OperationText]:
        """Ask a user for so many decisions: one by the API, the others as copies of its rows.

        A tenth of a minute of approvals would else take a minute to prepare. The copies hold on
        any revision: they are made of whatever columns there are.
        """
        first = self._client().call("operation/create", **self.operation(user))
        with psycopg.connect(self._database_url, autocommit=True) as database:
            others = _copies(database, first["id"], count - 1)
        return [(one, first["data"]) for one in [first["id"], *others]]

    def analyze(self) -> None:
        """Let PostgreSQL look at what was prepared."""
        with psycopg.connect(self._database_url, autocommit=True) as database:
            database.execute("ANALYZE")

    def _write_messages(self, group: str) -> None:
        """Write to the users of a group; `write_messages` does so once."""
        session = new_session()
        for number in range(CONNECTIONS):
            for message in range(MESSAGES):
                asked = {
                    "userId": self.user(group, number),
                    "applications": [self.application_id],
                    "type": "text",
                    "subject": f"Statement {message}",
                    "summary": "Your statement of the month is here.",
                    "body": "Your statement of the month is here. " * 10,
                    "silent": True,
                }
                answer = session.post(
                    f"{self.base_url}/inbox/messages", json={"requestObject": asked}, timeout=30
                )
                answer.raise_for_status()


def _copies(database: psycopg.Connection[Any], operation_id: str, count: int) -> Sequence[str]:
    columns = [
        sql.Identifier(name)
        for (name,) in database.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
            "AND table_schema = current_schema() AND is_generated = 'NEVER' "
            "AND column_name <> 'id'",
            [_OPERATIONS],
        )
    ]
    statement = sql.SQL(
        "WITH fresh AS (SELECT gen_random_uuid() AS fresh_id, original.* "
        "FROM {operations} original, generate_series(1, %(count)s) WHERE original.id = %(id)s), "
        "copied AS (INSERT INTO {operations} (id, {columns}) "
        "SELECT fresh_id, {columns} FROM fresh) "
        "INSERT INTO {links} (operation_id, application_id) SELECT fresh_id, application_id "
        "FROM fresh JOIN {links} ON operation_id = fresh.id RETURNING operation_id"
    ).format(
        operations=sql.Identifier(_OPERATIONS),
        links=sql.Identifier(_LINKS),
        columns=sql.SQL(", ").join(columns),
    )
    return [
        str(one) for (one,) in database.execute(statement, {"count": count, "id": operation_id})
    ]
