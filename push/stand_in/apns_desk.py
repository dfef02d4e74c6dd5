"""Apple's side of an exchange."""

import json
import time
import uuid

from push.providers.values import ApnsKey
from push.stand_in.faults import Behaviour, Faults, Kind, apns_reply
from push.stand_in.mailbox import Mailbox
from push.stand_in.strict.apns import ApnsRules
from push.stand_in.values import Provider, Reply, Request


class ApnsDesk:
    """Judges requests of HTTP/2, and keeps what it takes."""

    def __init__(self, key: ApnsKey, faults: Faults, mailbox: Mailbox) -> None:
        self._rules = ApnsRules(key)
        self._faults = faults
        self._mailbox = mailbox

    def answer(self, request: Request) -> Behaviour:
        """Give what happens to a request."""
        token = request.path.rpartition("/")[2]
        planned = self._faults.take(Provider.APNS, token)
        if planned is not None and planned.kind is not Kind.LAST:
            return planned
        kind = planned.kind if planned else Kind.REPLY
        return Behaviour(kind=kind, reply=self._judged(request, token))

    def _judged(self, request: Request, token: str) -> Reply:
        reason = self._rules.refusal(request, now_s=time.time())
        if reason is not None:
            return apns_reply(reason)
        shown = {name: text for name, text in request.headers.items() if name[:5] == "apns-"}
        self._mailbox.put(
            Provider.APNS,
            token,
            json.loads(request.body),
            headers=shown,
            development=request.development,
            connection=request.connection,
        )
        return Reply(headers={"apns-id": request.headers.get("apns-id", str(uuid.uuid4()))})
