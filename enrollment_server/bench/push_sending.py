"""How fast one worker sends push messages: rows of them, and its dispatcher until the end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from push.credentials import services
from push.credentials.values import ApnsSettings, FcmSettings, HmsSettings, Settings
from push.messages.values import PushMessage, Text
from push.models import DeliveryState, PushDelivery, PushDevice
from push.outbox import writing
from push.outbox.dispatcher import Dispatcher
from push.outbox.values import Outgoing
from push.stand_in import accounts
from push.stand_in.accounts import Accounts

APPLICATION = "bench"
_BATCH = 1000
_MESSAGE = PushMessage(
    title=Text(text="Payment"),
    body=Text(text="A payment of 2 199.40 CZK waits for you."),
    category="payment",
    sound="default",
    extras={"messageType": "mtoken.operationInit", "operationId": "1f8d9f6a", "operationName": "p"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What sending took: seconds of the clock and of the CPU, and statements."""

    sent: int
    wall_s: float
    cpu_s: float
    statements: int


def prepare(folder: Path, platform: str, messages: int) -> None:
    """Register a device for each message, and write all messages.

    Args:
        folder: of the stand-in, with the credentials that it takes.
    """
    row = services.create(APPLICATION, at=timezone.now())
    services.put(row, _settings(accounts.kept(folder), platform), at=timezone.now())
    for start in range(0, messages, _BATCH):
        numbers = range(start, min(start + _BATCH, messages))
        PushDevice.objects.bulk_create(_device(number, platform) for number in numbers)
        outgoing = Outgoing(
            application_ids=[APPLICATION],
            user_ids=[f"user-{number}" for number in numbers],
            source="api",
            message=_MESSAGE,
        )
        with transaction.atomic():
            writing.write(outgoing, at=timezone.now())


def run() -> Figures:
    """Send everything that is due, as a worker does."""
    counted = _Counted()
    before = time.monotonic(), time.process_time()
    with connection.execute_wrapper(counted), Dispatcher() as dispatcher:
        while dispatcher.turn():
            pass
    return Figures(
        sent=PushDelivery.objects.filter(state=DeliveryState.SENT).count(),
        wall_s=time.monotonic() - before[0],
        cpu_s=time.process_time() - before[1],
        statements=counted.number,
    )


class _Counted:
    """Counts what a connection executes."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(
        self, execute: Any, sql: str, params: Sequence[Any], many: bool, context: Any
    ) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


def _device(number: int, platform: str) -> PushDevice:
    return PushDevice(
        activation_id=f"00000000-0000-4000-8000-{number:012}",
        user_id=f"user-{number}",
        application_id=APPLICATION,
        platform=platform,
        push_token=f"{number + 1:064x}",
        environment="production" if platform == "apns" else "",
        last_registered_at=timezone.now(),
    )


def _settings(known: Accounts, platform: str) -> Settings:
    if platform == "apns":
        return ApnsSettings(
            key_id=known.apns.key_id,
            team_id=known.apns.team_id,
            bundle=known.apns.bundle_id,
            private_key=known.apns.private_key.encode(),
        )
    if platform == "fcm":
        return FcmSettings(
            project_id=known.fcm.project_id, service_account=known.fcm.service_account.encode()
        )
    return HmsSettings(
        project_id=known.hms.project_id,
        client_id=known.hms.client_id,
        client_secret=known.hms.client_secret.encode(),
    )
