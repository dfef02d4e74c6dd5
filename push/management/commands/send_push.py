"""`manage.py send_push`: a message to the phones of a user, from a shell or a script."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from powerauth import known_applications
from powerauth.errors import RemoteFailure
from push import sendable
from push.campaigns.services import is_user_id
from push.credentials import services as credentials
from push.messages.values import PushMessage, Text
from push.models import MessageSource, Platform
from push.outbox import policy, waiting, writing
from push.outbox.values import Outgoing
from push.outbox.waiting import Counters

LONGEST_WAIT_S = 600.0


class Command(BaseCommand):
    """The worker sends the message; this one writes it, and waits for what providers say."""

    help = (
        "Send a push message to the devices of a user, and print by provider what became of it. "
        "Ends with an error if there is no device, or if one of them does not get it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--application", required=True, help="application of the devices")
        parser.add_argument("--user", required=True, help="whose devices")
        parser.add_argument("--activation", help="only the device of this activation")
        parser.add_argument("--title", default="", help="what the phone shows in bold")
        parser.add_argument("--body", default="", help="what the phone shows below that")
        parser.add_argument(
            "--silent", action="store_true", help="for the app only: no text, no sound"
        )
        parser.add_argument("--extras", metavar="JSON", help="an object for the app")
        parser.add_argument(
            "--wait",
            type=float,
            metavar="S",
            help="seconds to wait for the answers of providers; as a synchronous call without it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not policy.is_embedded():
            raise CommandError(
                "Messages are sent by the Push Server that PUSH_SERVICE_URL names: send them there."
            )
        wait_s, at = _wait_s(options["wait"]), timezone.now()
        outgoing = _outgoing(options, at=at)
        with transaction.atomic():
            keys = writing.write(outgoing, at=at)
        if not keys:
            raise CommandError("There is no device that it could be sent to.")
        waiting.wait(keys, timeout_s=wait_s)
        found = waiting.count(keys)
        for platform in Platform:
            if platform.value in found:
                self.stdout.write(_line(platform, found[platform.value]))
        if failed := sum(counters.failed for counters in found.values()):
            raise CommandError(f"Devices that do not get it: {failed}")


def _outgoing(options: Mapping[str, Any], *, at: datetime) -> Outgoing:
    application_id, user_id = options["application"], options["user"]
    if not _is_known(application_id):
        raise CommandError(f"No such application: {application_id}")
    if not is_user_id(user_id):
        raise CommandError("A user has 1 to 255 characters.")
    return Outgoing(
        application_ids=[application_id],
        user_ids=[user_id],
        activation_ids=[options["activation"]] if options["activation"] else None,
        source=MessageSource.TEST.value,
        message=_message(options, at=at),
    )


def _is_known(application_id: str) -> bool:
    if credentials.find(application_id) is not None:
        return True
    try:
        return bool(known_applications.existing([application_id]))
    except RemoteFailure as error:
        text = f"The PowerAuth Server cannot be asked for applications: {error}"
        raise CommandError(text) from error


def _message(options: Mapping[str, Any], *, at: datetime) -> PushMessage:
    silent = options["silent"]
    if not silent and not (options["title"] and options["body"]):
        raise CommandError("Say --title and --body, or --silent.")
    message = PushMessage(
        title=Text(text=options["title"] or None),
        body=Text(text=options["body"] or None),
        sound=None if silent else "default",
        extras=_extras(options["extras"]),
        silent=silent,
    )
    try:
        sendable.check(message, at=at)
    except sendable.InvalidMessage as refusal:
        raise CommandError(str(refusal)) from refusal
    except sendable.MessageTooLong as refusal:
        raise CommandError("The message is longer than a provider takes.") from refusal
    return message


def _extras(text: str | None) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        extras = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError("--extras is no JSON.") from error
    if not isinstance(extras, dict):
        raise CommandError("--extras must be a JSON object.")
    return extras


def _wait_s(seconds: float | None) -> float:
    if seconds is None:
        return policy.synchronous_timeout_s()
    if not 0 <= seconds <= LONGEST_WAIT_S:
        raise CommandError(f"--wait is from 0 to {LONGEST_WAIT_S:.0f} seconds.")
    return seconds


def _line(platform: Platform, counters: Counters) -> str:
    told = f"sent {counters.sent}, failed {counters.failed}, pending {counters.pending}"
    return f"{platform.value}: {told}"
