"""Show the main job: phones of all protocol versions against a server of one's own."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.chapters import CHAPTERS, SAVINGS
from enrollment_server.demo.own_server import (
    OwnServer,
    ServerFailed,
    await_readyz,
    new_session,
    own_server,
    temporary_database,
)
from enrollment_server.demo.scene import open_scene
from enrollment_server.demo.transcript import StepFailed, Transcript
from powerauth.protocol.versions import SUPPORTED_VERSIONS


class Command(BaseCommand):
    help = "Start a server on a free port and drive it as a phone and as a bank; say what happens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--protocol",
            action="append",
            choices=SUPPORTED_VERSIONS,
            help="version of the phone; may be repeated; all of them by default",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        transcript = Transcript(self._write)
        versions = options["protocol"] or SUPPORTED_VERSIONS
        try:
            with temporary_database() as environment:
                self._write("Starting a server ...")
                apps = [f"{name}-{uuid4().hex[:8]}" for name in ("demo", SAVINGS)]
                environment = {**environment, **_spawn_rules(*apps)}
                with own_server(environment, arguments=("--no-admin",)) as server:
                    self._tell(server, transcript, versions, apps)
        except (StepFailed, ServerFailed) as error:
            raise CommandError(f"The demo failed. {error}") from error
        seconds = time.monotonic() - started
        transcript.heading(f"All {transcript.steps} steps held, in {seconds:.0f} s")

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _tell(
        self,
        server: OwnServer,
        transcript: Transcript,
        versions: Sequence[str],
        apps: Sequence[str],
    ) -> None:
        """Tell the story; if it goes wrong, also what the server said last."""
        try:
            _play(server, transcript, versions, apps)
        except StepFailed:
            self.stderr.write("\n".join(["The server said last:", *server.output[-20:]]))
            raise


def _spawn_rules(main: str, savings: str) -> dict[str, str]:
    """Give the settings that let the main app fetch activation codes for the second one."""
    rule = {"source": main, "requested": SAVINGS, "destination": savings, "flags": []}
    return {"ACTIVATION_SPAWN_ENABLED": "true", "ACTIVATION_SPAWN_RULES": json.dumps([rule])}


def _play(
    server: OwnServer, transcript: Transcript, versions: Sequence[str], apps: Sequence[str]
) -> None:
    """Play all chapters with a phone of each version."""
    base_url = server.url
    bank = BankClient(base_url, new_session())
    configured = []
    with transcript.chapter(f"A bank and its app at {base_url}"):
        with transcript.step("the server is ready"):
            await_readyz(base_url, new_session())
        for application_id in apps:
            with transcript.step(f"the bank registers an app as {application_id}"):
                bank.call("application/create", applicationId=application_id)
                detail = bank.call("application/detail", applicationId=application_id)
                configured.append((application_id, detail["versions"][0]["mobileSdkConfig"]))
        transcript.say("each app is built with the configuration text that the server gives")
    for version in versions:
        scene = open_scene(
            base_url,
            transcript=transcript,
            bank=bank,
            apps=configured,
            version=version,
            manage=server.manage,
        )
        for title, chapter in CHAPTERS:
            with transcript.chapter(f"Protocol {version}: {title}"):
                chapter(scene)
