"""The servers that are measured, each with a database of its own where PostgreSQL is our own."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from enrollment_server.bench.bank import BenchBank, Dialect, dialects
from enrollment_server.bench.database import Postgresql
from enrollment_server.bench.measuring import Subject
from enrollment_server.bench.signing import Signers
from enrollment_server.demo.own_server import own_server
from enrollment_server.demo.setups import ALONE, in_front

S = TypeVar("S")

EMBEDDED, IN_FRONT = "embedded", "in front"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all servers of a run share; they run until the end of the stack."""

    stack: ExitStack
    database: Postgresql
    signers: Signers
    generator: Sequence[str]

    def alone(self, label: str, root: Path) -> Subject:
        """Start the server of a folder, with everything in it.

        Raises:
            ServerFailed: it does not start.
        """
        return self._started(root)(label, Dialect())

    def generations(self) -> list[Subject]:
        """Start one server for banks whose phones speak different protocols; raises as `alone`."""
        subject = self._started(Path(settings.BASE_DIR))
        return [subject(dialect.label, dialect) for dialect in dialects()]

    def _started(self, root: Path) -> Callable[[str, Dialect], Subject]:
        """Start a server, and give what makes a bank there that is measured."""
        url, databases = os.environ.get("DATABASE_URL", ""), list[str]()
        if self.database.is_own:
            databases = ["after" if root == Path(settings.BASE_DIR) else "before"]
            url = self.database.create(databases[0])
        environment = {**ALONE, "DATABASE_URL": url}
        server = self.stack.enter_context(
            own_server(environment, arguments=("--no-admin",), root=root)
        )

        def subject(label: str, dialect: Dialect) -> Subject:
            return Subject(
                label=label,
                server_pid=server.process.pid,
                bank=BenchBank(server.url, url, dialect=dialect),
                postgresql=self.database,
                databases=databases,
                signers=self.signers,
                generator=self.generator,
            )

        return subject

    def in_front(self) -> Subject:
        """Start a server of ours in front of another one; raises as `alone`."""
        databases = ["front", "behind"]
        own_url, other_url = map(self.database.create, databases)
        setup = in_front(self.stack, {"DATABASE_URL": own_url}, {"DATABASE_URL": other_url})
        return Subject(
            label=IN_FRONT,
            server_pid=setup.phones.process.pid,
            behind_pid=setup.powerauth.process.pid,
            bank=BenchBank(setup.phones.url, other_url, engine_url=setup.powerauth.url),
            postgresql=self.database,
            databases=databases,
            signers=self.signers,
            generator=self.generator,
        )


def in_turn(subjects: Sequence[S], turn: int) -> Sequence[S]:
    """Give the order of a turn; every other one goes back, so that none always comes last."""
    return subjects if turn % 2 == 0 else subjects[::-1]
