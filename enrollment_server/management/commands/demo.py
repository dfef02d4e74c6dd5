"""Show the main job: phones of all protocol versions against a server of one's own."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.chapters import SAVINGS, chapters_of
from enrollment_server.demo.own_server import ServerFailed, await_readyz, new_session
from enrollment_server.demo.providers import Providers, standing_in
from enrollment_server.demo.scene import open_scene
from enrollment_server.demo.setups import Place, Setup, running
from enrollment_server.demo.transcript import StepFailed, Transcript
from powerauth.phone.state import VERSIONS


class Command(BaseCommand):
    help = "Start a server on a free port and drive it as a phone and as a bank; say what happens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--protocol",
            action="append",
            choices=VERSIONS,
            help="version of the phone; may be repeated; all of them by default",
        )
        for name, what in (("powerauth", "activations and operations"), ("push", "messages")):
            parser.add_argument(
                f"--{name}",
                type=Place,
                choices=list(Place),
                default=Place.EMBEDDED,
                help=f"let {what} live in the server that phones call, or in another one",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        transcript = Transcript(self._write)
        versions = options["protocol"] or VERSIONS
        try:
            self._write("Starting a server ...")
            apps = [f"{name}-{uuid4().hex[:8]}" for name in ("demo", SAVINGS)]
            with (
                standing_in() as providers,
                running(
                    powerauth=options["powerauth"],
                    push=options["push"],
                    environment=_spawn_rules(*apps),
                    providers=providers.environment,
                ) as setup,
            ):
                self._tell(setup, providers, transcript, versions, apps)
        except (StepFailed, ServerFailed) as error:
            raise CommandError(f"The demo failed. {error}") from error
        seconds = time.monotonic() - started
        transcript.heading(f"All {transcript.steps} steps held, in {seconds:.0f} s")

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _tell(
        self,
        setup: Setup,
        providers: Providers,
        transcript: Transcript,
        versions: Sequence[str],
        apps: Sequence[str],
    ) -> None:
        """Tell the story; if it goes wrong, also what the servers said last."""
        try:
            _play(setup, providers, transcript, versions, apps)
        except StepFailed:
            for server in setup.servers:
                said = [f"The server at {server.url} said last:", *server.output[-20:]]
                self.stderr.write("\n".join(said))
            raise


def _spawn_rules(main: str, savings: str) -> dict[str, str]:
    """Give the settings that let the main app fetch activation codes for the second one."""
    rule = {"source": main, "requested": SAVINGS, "destination": savings, "flags": []}
    return {"ACTIVATION_SPAWN_ENABLED": "true", "ACTIVATION_SPAWN_RULES": json.dumps([rule])}


def _play(
    setup: Setup,
    providers: Providers,
    transcript: Transcript,
    versions: Sequence[str],
    apps: Sequence[str],
) -> None:
    """Play all chapters with a phone of each version."""
    base_url = setup.phones.url
    bank, push_server = (
        BankClient(server.url, new_session()) for server in (setup.powerauth, setup.push)
    )
    configured = []
    with transcript.chapter(f"A bank and its app at {base_url}"):
        with transcript.step("the server is ready"):
            for server in setup.servers:
                await_readyz(server.url, new_session())
        _say_where(setup, transcript)
        for application_id in apps:
            with transcript.step(f"the bank registers an app as {application_id}"):
                bank.call("application/create", applicationId=application_id)
                detail = bank.call("application/detail", applicationId=application_id)
                configured.append((application_id, detail["versions"][0]["mobileSdkConfig"]))
        transcript.say("each app is built with the configuration text that the server gives")
        with transcript.step("the bank gives its credentials at Apple, Google and Huawei"):
            providers.introduce(push_server, apps[0])
        transcript.say("a stand-in on this machine takes their place, and is as strict")
    for version in versions:
        scene = open_scene(
            base_url,
            transcript=transcript,
            bank=bank,
            apps=configured,
            version=version,
            providers=providers,
            push_server=push_server,
            has_all=setup.powerauth is setup.phones,
            operations_ring=setup.powerauth is setup.push,
        )
        for title, chapter in chapters_of(version):
            with transcript.chapter(f"Protocol {version}: {title}"):
                chapter(scene)


def _say_where(setup: Setup, transcript: Transcript) -> None:
    """Tell which of the servers has what, if there are two."""
    if setup.powerauth is not setup.phones:
        transcript.say(f"activations and operations are at {setup.powerauth.url},")
        transcript.say("which the bank's systems call; texts are where the phones call")
    if setup.push is not setup.phones:
        transcript.say(f"devices and messages are at {setup.push.url}")
