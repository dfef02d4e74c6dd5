"""The servers of the demo: one that has everything, or one in front of another (docs/in-front.md).

The other one is a server of ours as well, in processes and on a database of its own.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from enrollment_server.demo import seed
from enrollment_server.demo.databases import second_database, temporary_database
from enrollment_server.demo.own_server import OwnServer, free_port, own_server

ALONE = {"POWERAUTH_SERVICE_URL": "", "PUSH_SERVICE_URL": "", "PUSH_SERVICE_VOCABULARY": "1.10"}
# Phones of protocol 3 are offered to move up, and those of 4.0 are let through to an engine behind.
_NEWEST_PROTOCOL = {"POWERAUTH_UPGRADE_VERSION": "4", "POWERAUTH_SERVICE_LINE": "2.0"}
_BANKS_SYSTEMS = {"SECTIONS": "integration"}
# The one has the demo bank, the other only what a server has that stands beside an engine.
_DEMO_BANK, _NO_BANK = ("--no-admin",), ("--no-demo", "--migrate")
# Sends what phones hear.
_WORKER = ("--worker",)


class Place(StrEnum):
    """Where something lives: in the server that phones call, or in another one."""

    EMBEDDED = "embedded"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The servers that run, each of which may be the same as another."""

    phones: OwnServer
    """What phones call."""
    powerauth: OwnServer
    """Has activations and operations; the bank's systems call it."""
    push: OwnServer
    """Has devices and messages."""

    @property
    def servers(self) -> list[OwnServer]:
        """Give each server once, what phones call first."""
        return list({id(one): one for one in (self.phones, self.powerauth, self.push)}.values())


@contextmanager
def running(
    *,
    powerauth: Place,
    push: Place,
    environment: Mapping[str, str],
    providers: Mapping[str, str],
) -> Iterator[Setup]:
    """Run the servers of a combination, with a worker that sends, until the end of the block.

    Args:
        environment: of the server that phones call, on top of that of this process.
        providers: how all of them reach the push providers.

    Raises:
        ServerFailed: one of them does not start.
    """
    with ExitStack() as stack:
        common = {**providers, **_NEWEST_PROTOCOL}
        own = {**stack.enter_context(temporary_database()), **common, **environment}
        if powerauth is Place.EMBEDDED and push is Place.EMBEDDED:
            arguments = (*_DEMO_BANK, *_WORKER)
            server = stack.enter_context(own_server({**ALONE, **own}, arguments=arguments))
            yield Setup(phones=server, powerauth=server, push=server)
            return
        other = {**stack.enter_context(second_database()), **common}
        if powerauth is Place.REMOTE:
            yield in_front(stack, own, other, push=push, worker=True)
        else:
            yield _beside(stack, own, other)


def in_front(
    stack: ExitStack,
    own: Mapping[str, str],
    other: Mapping[str, str],
    *,
    push: Place = Place.EMBEDDED,
    worker: bool = False,
) -> Setup:
    """Start a PowerAuth Server, which may be the Push Server as well, and one in front of it.

    Args:
        stack: ends them.
        own, other: environments of the one in front and of the other, with their databases.
        worker: whether one runs where the devices are.
    """
    sending = _WORKER if worker else ()
    of_front, of_behind = ((), sending) if push is Place.REMOTE else (sending, ())
    behind = stack.enter_context(
        own_server({**ALONE, **_BANKS_SYSTEMS, **other}, arguments=(*_DEMO_BANK, *of_behind))
    )
    own = {**ALONE, **own, "POWERAUTH_SERVICE_URL": f"{behind.url}/rest"}
    if push is Place.REMOTE:
        own["PUSH_SERVICE_URL"] = behind.url
    front = stack.enter_context(own_server(own, arguments=(*_NO_BANK, *of_front)))
    front.manage("import_form_templates", str(seed.FORM_TEMPLATES))
    return Setup(phones=front, powerauth=behind, push=behind if push is Place.REMOTE else front)


def _beside(stack: ExitStack, own: Mapping[str, str], other: Mapping[str, str]) -> Setup:
    """Start a Push Server, which asks the other one whose a device is, and the other one."""
    port = str(free_port())
    root = f"http://127.0.0.1:{port}{settings.CONTEXT_PATH.rstrip('/')}"
    other = {**ALONE, **_BANKS_SYSTEMS, **other, "POWERAUTH_SERVICE_URL": f"{root}/rest"}
    messages = stack.enter_context(own_server(other, arguments=(*_NO_BANK, *_WORKER)))
    own = {**ALONE, **own, "PORT": port, "PUSH_SERVICE_URL": messages.url}
    server = stack.enter_context(own_server(own, arguments=_DEMO_BANK))
    return Setup(phones=server, powerauth=server, push=messages)
