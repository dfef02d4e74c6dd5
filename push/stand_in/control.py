"""Looking at the stand-in, and telling it to fail, from another process: JSON below `/stand-in/`.

* `GET /stand-in/messages?after=N&token=T`: what was taken, in order.
* `DELETE /stand-in/messages`, `DELETE /stand-in/faults`: forget them.
* `POST /stand-in/faults`: `provider`, `kind`, and maybe `token`, `times`, `status`, `headers` and
  `body` (a text), or in place of these three `reason`, as the provider words it.
* `POST /stand-in/expire-tokens`: no access token that was given out is good any more.
* `POST /stand-in/latency`: `seconds` before each answer.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

from push.stand_in.desks import Desks
from push.stand_in.faults import Behaviour, Kind, apns_reply, fcm_reply, hms_reply
from push.stand_in.values import Provider, Reply, Request, json_reply

PREFIX = "/stand-in/"
_REASONS: dict[Provider, Callable[[str], Reply]] = {
    Provider.APNS: apns_reply,
    Provider.FCM: fcm_reply,
    Provider.HMS: hms_reply,
}


def control(desks: Desks, request: Request) -> Reply:
    """Answer a request of somebody who looks on."""
    parts = urlsplit(request.path)
    try:
        match request.method, parts.path.removeprefix(PREFIX):
            case "GET", "messages":
                return _messages(desks, parse_qs(parts.query))
            case "DELETE", "messages":
                desks.mailbox.clear()
            case "DELETE", "faults":
                desks.faults.clear()
            case "POST", "faults":
                _plan(desks, json.loads(request.body))
            case "POST", "expire-tokens":
                desks.https.expire_tokens()
            case "POST", "latency":
                desks.latency_s = float(json.loads(request.body)["seconds"])
            case _:
                return json_reply({"error": "there is no such thing"}, status=404)
    except (ValueError, KeyError, TypeError) as error:
        return json_reply({"error": f"{type(error).__name__}: {error}"}, status=400)
    return json_reply({})


def _messages(desks: Desks, query: dict[str, list[str]]) -> Reply:
    after, token = int(query.get("after", ["0"])[0]), query.get("token", [""])[0]
    found = desks.mailbox.look(after=after, token=token)
    return json_reply({"count": desks.mailbox.count, "messages": [asdict(each) for each in found]})


def _plan(desks: Desks, asked: dict[str, Any]) -> None:
    provider = Provider(asked["provider"])
    reply = Reply(
        status=int(asked.get("status", 200)),
        headers=dict(asked.get("headers", {})),
        body=str(asked.get("body", "")).encode(),
    )
    if "reason" in asked:
        reply = _REASONS[provider](str(asked["reason"]))
    desks.faults.plan(
        provider,
        Behaviour(kind=Kind(asked.get("kind", Kind.REPLY)), reply=reply),
        token=str(asked.get("token", "")),
        times=asked.get("times"),
    )
