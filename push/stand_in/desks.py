"""All that the stand-in knows while it runs."""

import asyncio

from push.stand_in.accounts import Accounts
from push.stand_in.apns_desk import ApnsDesk
from push.stand_in.faults import Behaviour, Faults, Kind
from push.stand_in.https_desk import HttpsDesk
from push.stand_in.mailbox import Mailbox
from push.stand_in.values import Request


class Desks:
    """Apple's desk, and that of the others.

    Attributes:
        latency_s: seconds before each answer.
        most_at_once: how many requests were waiting for their answers at most.
    """

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.faults = Faults()
        self.mailbox = Mailbox()
        self.https = HttpsDesk(accounts, self.faults, self.mailbox)
        self.latency_s = 0.0
        self.most_at_once = 0
        self._at_once = 0
        self._apns = ApnsDesk(accounts.apns, self.faults, self.mailbox)

    def reset(self) -> None:
        """Forget what came and what is planned."""
        self.faults.clear()
        self.mailbox.clear()
        self.https.tokens_issued = 0
        self.latency_s = 0.0
        self.most_at_once = 0

    async def answer_apns(self, request: Request) -> Behaviour:
        await self._work()
        return self._apns.answer(request) if request.is_wanted() else Behaviour(kind=Kind.HANG)

    async def answer_https(self, request: Request) -> Behaviour:
        await self._work()
        return self.https.answer(request)

    async def _work(self) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.latency_s:
                await asyncio.sleep(self.latency_s)
        finally:
            self._at_once -= 1
