"""Google's and Huawei's side of an exchange, with their token endpoints."""

import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from push.stand_in.accounts import Accounts
from push.stand_in.faults import Behaviour, Faults, Kind, fcm_reply, hms_reply
from push.stand_in.mailbox import Mailbox
from push.stand_in.strict import fcm, hms, oauth
from push.stand_in.values import Provider, Reply, Request, json_reply

FCM_TOKEN_PATH = "/token"  # noqa: S105
HMS_TOKEN_PATH = "/oauth2/v3/token"  # noqa: S105
LIFETIME_S = 3600
_FCM = re.compile("/v1/projects/([^/]+)/messages:send")
_HMS = re.compile("/v2/([^/]+)/messages:send")


class HttpsDesk:
    """Judges requests of HTTP/1.1, and keeps what it takes."""

    def __init__(self, accounts: Accounts, faults: Faults, mailbox: Mailbox) -> None:
        self._accounts = accounts
        self._faults = faults
        self._mailbox = mailbox
        self._issued: dict[tuple[Provider, str], float] = {}
        self.tokens_issued = 0

    def expire_tokens(self) -> None:
        """Let every access token be too old from now on."""
        self._issued = dict.fromkeys(self._issued, 0.0)

    def answer(self, request: Request) -> Behaviour:
        """Give what happens to a request."""
        if request.path == FCM_TOKEN_PATH:
            return self._unless_planned(Provider.FCM_TOKEN, "", lambda: self._google(request))
        if request.path == HMS_TOKEN_PATH:
            return self._unless_planned(Provider.HMS_TOKEN, "", lambda: self._huawei(request))
        body = _json(request.body)
        if found := _FCM.fullmatch(request.path):
            token = _at(body, "message", "token")
            project = found[1]
            return self._unless_planned(
                Provider.FCM, token, lambda: self._fcm(request, body, project)
            )
        if found := _HMS.fullmatch(request.path):
            token = _at(body, "message", "token", 0)
            project = found[1]
            return self._unless_planned(
                Provider.HMS, token, lambda: self._hms(request, body, project)
            )
        return Behaviour(reply=Reply(status=404, body=b"<html>Not Found</html>"))

    def _unless_planned(
        self, provider: Provider, token: str, judge: Callable[[], Reply]
    ) -> Behaviour:
        planned = self._faults.take(provider, token)
        if planned is not None and planned.kind is not Kind.LAST:
            return planned
        return Behaviour(kind=planned.kind if planned else Kind.REPLY, reply=judge())

    def _google(self, request: Request) -> Reply:
        members = oauth.form(request.body)
        error = oauth.google_refuses(members, self._accounts.fcm, now_s=time.time())
        if error is not None:
            return json_reply({"error": error, "error_description": "refused"}, status=400)
        return self._issue(Provider.FCM)

    def _huawei(self, request: Request) -> Reply:
        error = oauth.huawei_refuses(oauth.form(request.body), self._accounts.hms)
        if error is not None:
            found = {"error": error[0], "sub_error": error[1], "error_description": "refused"}
            return json_reply(found, status=400)
        return self._issue(Provider.HMS)

    def _issue(self, provider: Provider) -> Reply:
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self._issued[provider, token] = time.time() + LIFETIME_S
        self.tokens_issued += 1
        return json_reply({"access_token": token, "expires_in": LIFETIME_S, "token_type": "Bearer"})

    def _until(self, provider: Provider, request: Request) -> float | None:
        """Give when the access token of a request ends; None for one that was never issued."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self._issued.get((provider, token)) if scheme == "Bearer" else None

    def _fcm(self, request: Request, body: Any, project: str) -> Reply:
        until = self._until(Provider.FCM, request)
        if until is None or until < time.time():
            return fcm_reply("UNAUTHENTICATED")
        if project != self._accounts.fcm.project_id:
            return fcm_reply("PERMISSION_DENIED")
        violation = fcm.violation(body)
        if violation is not None:
            return fcm_reply("INVALID_ARGUMENT", field=violation.field, text=violation.text)
        name = f"projects/{project}/messages/0:{secrets.token_hex(8)}"
        if not body.get("validate_only"):
            self._keep(Provider.FCM, body["message"]["token"], body["message"], request)
        return json_reply({"name": name})

    def _hms(self, request: Request, body: Any, project: str) -> Reply:
        until = self._until(Provider.HMS, request)
        if until is None or project != self._accounts.hms.project_id:
            return hms_reply("80200001", "Oauth authentication error.")
        if until < time.time():
            return hms_reply("80200003", "Oauth Token expired.")
        code = hms.refusal(body)
        if code is not None:
            return hms_reply(code)
        if not body.get("validate_only"):
            self._keep(Provider.HMS, body["message"]["token"][0], body["message"], request)
        return hms_reply("80000000", "Success")

    def _keep(
        self, provider: Provider, token: str, payload: dict[str, Any], request: Request
    ) -> None:
        self._mailbox.put(provider, token, payload, connection=request.connection)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _at(value: Any, *path: str | int) -> str:
    """Give the text at a place within JSON; an empty one if there is none."""
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return ""
    return value if isinstance(value, str) else ""
