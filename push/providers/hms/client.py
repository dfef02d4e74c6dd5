"""Sending to Huawei: push-and-inbox.md 5.3."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from push.messages.limits import compact, is_over
from push.messages.values import PushMessage
from push.providers import reading
from push.providers.access import AccessToken, AccessTokens, ask, post
from push.providers.attempt import attempt
from push.providers.hms import answers, body
from push.providers.reasons import EXPIRED, TOO_LONG
from push.providers.transport.http1 import Http1
from push.providers.values import HmsAccount, Result, Settings, Target

# Looked at as far as this, and never sent: no device has this token.
_PROBE = {"validate_only": True, "message": {"data": "{}", "token": ["nobody"]}}
_PROBE_IS_FINE = {"", answers.ALL_TOKENS_INVALID}


class HmsClient:
    """One application at Huawei."""

    def __init__(self, account: HmsAccount, settings: Settings) -> None:
        self._account = account
        self._settings = settings
        self._url = f"{settings.hms_url}/v2/{quote(account.project_id, safe='')}/messages:send"
        self._http = Http1(
            ca_file=settings.ca_file, connect_s=settings.connect_s, total_s=settings.total_s
        )
        self._tokens = AccessTokens(self._ask)

    async def send(self, message: PushMessage, target: Target, *, at: datetime) -> Result:
        return await attempt(self._send(message, target, at), total_s=self._settings.total_s)

    async def probe(self, *, at: datetime, development: bool = False) -> Result:
        result = await attempt(self._post(_PROBE, at), total_s=self._settings.total_s)
        return reading.SENT if result.reason in _PROBE_IS_FINE else result

    async def close(self) -> None:
        await self._tokens.close()
        await self._http.close()

    async def _send(self, message: PushMessage, target: Target, at: datetime) -> Result:
        if is_over(message, at=at):
            return reading.failed(EXPIRED)
        if body.size(message, at=at) > body.MAX_PAYLOAD:
            return reading.failed(TOO_LONG)
        return await self._post(body.body(message, target.token, at=at), at)

    async def _post(self, request: dict[str, Any], at: datetime) -> Result:
        answer = await post(
            self._http,
            self._url,
            compact(request).encode(),
            tokens=self._tokens,
            wants_another=answers.wants_another_token,
            at=at,
        )
        return answers.read(answer, at=at)

    async def _ask(self, at: datetime) -> AccessToken:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret,
        }
        return await ask(self._http, self._settings.hms_token_url, form, at=at)
