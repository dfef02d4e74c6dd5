"""Apple, Google and Huawei in the demo, and the devices that they reach."""

import base64
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from enrollment_server.demo.bank_client import BankClient
from enrollment_server.demo.transcript import StepFailed
from powerauth.phone.phone import Phone
from push.stand_in import accounts, server
from push.stand_in.faults import Behaviour
from push.stand_in.screens import Heard, heard
from push.stand_in.server import HOST, StandIn
from push.stand_in.values import Provider, Reply

PATIENCE_S = 60.0
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device of the user with the bank's app, known to a provider by a token of its own."""

    name: str
    phone: Phone
    provider: Provider
    token: str = field(default_factory=lambda: secrets.token_hex(32))


class Providers:
    """What the providers know of the bank's app, and what they brought to its devices."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    @property
    def environment(self) -> Mapping[str, str]:
        """Give what a server has to know to send here."""
        return {
            **self._stand_in.environment(),
            # A proxy leads away from this machine.
            **dict.fromkeys(("NO_PROXY", "no_proxy"), HOST),
        }

    def introduce(self, push_server: BankClient, application_id: str) -> None:
        """Let the bank tell a server its credentials: push-and-inbox.md 9.

        Raises:
            BankRefused: the server does not take them.
        """
        known = self._stand_in.accounts
        app = {"appId": application_id}
        push_server.post("push/admin/app/create", app)
        apns = {
            "bundle": known.apns.bundle_id,
            "keyId": known.apns.key_id,
            "teamId": known.apns.team_id,
            "environment": "production",
            "privateKeyBase64": _base64(known.apns.private_key),
        }
        push_server.post("push/admin/app/apns", {**app, **apns})
        fcm = {
            "projectId": known.fcm.project_id,
            "privateKeyBase64": _base64(known.fcm.service_account),
        }
        push_server.post("push/admin/app/fcm", {**app, **fcm})
        hms = {
            "projectId": known.hms.project_id,
            "clientId": known.hms.client_id,
            "clientSecret": known.hms.client_secret,
        }
        push_server.post("push/admin/app/hms", {**app, **hms})

    def heard(self, device: Device, **extras: str) -> Heard:
        """Wait for the message to a device that has these extras.

        Raises:
            StepFailed: it does not come.
        """
        until = time.monotonic() + PATIENCE_S
        while not (found := self.all_heard(device, **extras)):
            if time.monotonic() > until:
                raise StepFailed(f"nothing came to {device.name} with {extras}")
            time.sleep(_LOOK_S)
        return found[0]

    def all_heard(self, device: Device, **extras: str) -> list[Heard]:
        """Give the messages to a device that have these extras, as far as they came."""
        every = map(heard, self._stand_in.desks.mailbox.look(token=device.token))
        return [message for message in every if extras.items() <= message.extras.items()]

    def refuse(self, device: Device, reply: Reply) -> None:
        """Let the next message to a device be answered otherwise."""
        faults = self._stand_in.desks.faults
        faults.plan(device.provider, Behaviour(reply=reply), token=device.token, times=1)


@contextmanager
def standing_in() -> Iterator[Providers]:
    """Stand in for the providers until the end of the block."""
    with (
        tempfile.TemporaryDirectory(prefix="push-stand-in-") as folder,
        server.running(StandIn(accounts.make(), Path(folder))) as stand_in,
    ):
        yield Providers(stand_in)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
