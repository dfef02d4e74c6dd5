"""Sending to Google: push-and-inbox.md 5.2."""

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from push.messages.limits import compact, is_over
from push.messages.values import PushMessage
from push.providers import reading
from push.providers.access import AccessTokens, post
from push.providers.attempt import attempt
from push.providers.fcm import answers, body
from push.providers.fcm.account import access_token
from push.providers.reasons import EXPIRED, TOO_LONG
from push.providers.transport.http1 import Http1
from push.providers.values import FcmAccount, Result, Settings, Target

# Looked at as far as this, and never sent: no device has this token.
_PROBE = {"validate_only": True, "message": {"token": "nobody", "data": {}}}
_PROBE_IS_FINE = {"", "INVALID_ARGUMENT", "UNREGISTERED"}


class FcmClient:
    """One application at Google."""

    def __init__(self, account: FcmAccount, settings: Settings) -> None:
        self._settings = settings
        self._url = (
            f"{settings.fcm_url}/v1/projects/{quote(account.project_id, safe='')}/messages:send"
        )
        self._http = Http1(
            ca_file=settings.ca_file, connect_s=settings.connect_s, total_s=settings.total_s
        )
        ask = partial(access_token, self._http, account, settings.fcm_token_url)
        self._tokens = AccessTokens(lambda at: ask(at=at))

    async def send(self, message: PushMessage, target: Target, *, at: datetime) -> Result:
        return await attempt(self._send(message, target, at), total_s=self._settings.total_s)

    async def probe(self, *, at: datetime, development: bool = False) -> Result:
        result = await attempt(self._post(_PROBE, at), total_s=self._settings.total_s)
        answered = not result.credentials_refused and result.reason in _PROBE_IS_FINE
        return reading.SENT if answered else result

    async def close(self) -> None:
        await self._tokens.close()
        await self._http.close()

    async def _send(self, message: PushMessage, target: Target, at: datetime) -> Result:
        data_only = self._settings.fcm_data_only
        if is_over(message, at=at):
            return reading.failed(EXPIRED)
        if body.size(message, data_only=data_only) > body.MAX_PAYLOAD:
            return reading.failed(TOO_LONG)
        return await self._post(body.body(message, target.token, at=at, data_only=data_only), at)

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
