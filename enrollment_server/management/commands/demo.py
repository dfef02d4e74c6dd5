"""Show the main job: phones of all protocol versions against a server of one's own."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.chapters import CHAPTERS
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
                with own_server(environment, arguments=("--no-admin",)) as server:
                    self._tell(server, transcript, versions)
        except (StepFailed, ServerFailed) as error:
            raise CommandError(f"The demo failed. {error}") from error
        seconds = time.monotonic() - started
        transcript.heading(f"All {transcript.steps} steps held, in {seconds:.0f} s")

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _tell(self, server: OwnServer, transcript: Transcript, versions: Sequence[str]) -> None:
        """Tell the story; if it goes wrong, also what the server said last."""
        try:
            _play(server.url, transcript, versions)
        except StepFailed:
            self.stderr.write("\n".join(["The server said last:", *server.output[-20:]]))
            raise


def _play(base_url: str, transcript: Transcript, versions: Sequence[str]) -> None:
    """Play all chapters with a phone of each version."""
    bank = BankClient(base_url, new_session())
    application_id = f"demo-{uuid4().hex[:8]}"
    with transcript.chapter(f"A bank and its app at {base_url}"):
        with transcript.step("the server is ready"):
            await_readyz(base_url, new_session())
        with transcript.step(f"the bank registers its app as {application_id}"):
            bank.call("application/create", applicationId=application_id)
            detail = bank.call("application/detail", applicationId=application_id)
            sdk_config = detail["versions"][0]["mobileSdkConfig"]
        transcript.say("the app is built with the configuration text that the server gives")
    for version in versions:
        scene = open_scene(
            base_url,
            transcript=transcript,
            bank=bank,
            application_id=application_id,
            sdk_config=sdk_config,
            version=version,
        )
        for title, chapter in CHAPTERS:
            with transcript.chapter(f"Protocol {version}: {title}"):
                chapter(scene)
