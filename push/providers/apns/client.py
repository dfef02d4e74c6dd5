"""Sending to Apple: push-and-inbox.md 5.1."""

from dataclasses import replace
from datetime import datetime

from push.messages.limits import is_over
from push.messages.values import PushMessage
from push.providers import reading
from push.providers.apns import answers, payload
from push.providers.apns.connections import Host
from push.providers.apns.provider_token import ProviderToken
from push.providers.attempt import attempt
from push.providers.reasons import EXPIRED, TOO_LONG
from push.providers.transport.tls import tls_context
from push.providers.values import ApnsKey, Result, Settings, Target

_NOBODY = "0" * 64  # no device has this token
_PROBE = PushMessage(silent=True)


class ApnsClient:
    """One application at Apple: one connection for each of the two hosts, opened when needed."""

    def __init__(self, key: ApnsKey, settings: Settings) -> None:
        self._topic = key.bundle_id
        self._token = ProviderToken(key)
        self._total_s = settings.total_s
        context = tls_context(settings.ca_file, http2=True)
        self._hosts = {
            development: Host(url, context=context, connect_s=settings.connect_s)
            for development, url in (
                (False, settings.apns_url),
                (True, settings.apns_development_url),
            )
        }

    async def send(self, message: PushMessage, target: Target, *, at: datetime) -> Result:
        return await attempt(self._send(message, target, at), total_s=self._total_s)

    async def probe(self, *, at: datetime, development: bool = False) -> Result:
        nobody = Target(token=_NOBODY, development=development)
        result = await self.send(_PROBE, nobody, at=at)
        # Apple looks at the credentials before it looks for the device.
        if result.reason == answers.BAD_DEVICE_TOKEN:
            return reading.SENT
        return replace(result, token_is_dead=False, is_doubtful=False)

    async def close(self) -> None:
        for host in self._hosts.values():
            await host.close()

    async def _send(self, message: PushMessage, target: Target, at: datetime) -> Result:
        body = payload.encoded(message)
        token = payload.device_token(target.token)
        if is_over(message, at=at):
            return reading.failed(EXPIRED)
        if len(body) > payload.MAX_PAYLOAD:
            return reading.failed(TOO_LONG)
        if not token:
            return reading.dead(answers.BAD_DEVICE_TOKEN)
        headers = {"apns-topic": self._topic, **payload.delivery_headers(message)}
        host = self._hosts[target.development]

        async def post(proof: str) -> Result:
            all_headers = {"authorization": f"bearer {proof}", **headers}
            answer = await host.post(f"/3/device/{token}", all_headers.items(), body)
            return answers.read(answer, at=at)

        proof = self._token.get(at)
        result = await post(proof)
        if result.reason == answers.EXPIRED_PROVIDER_TOKEN:
            another = self._token.replacement(proof, at)
            if another is not None:
                result = await post(another)
        return result
