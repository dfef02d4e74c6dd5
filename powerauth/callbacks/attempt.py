"""One attempt to deliver one event; it touches no database, so any thread can make it."""

from datetime import datetime
from http import HTTPStatus

from enrollment_server.remote.retry_after import retry_after
from powerauth.callbacks import certificates, message, transport
from powerauth.callbacks.access_tokens import AccessTokens
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.callbacks.transport import Answer
from powerauth.engine.callbacks import callbacks
from powerauth.engine.callbacks.callback_authentication import Authentication, HttpBasic
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.models import CallbackEvent
from powerauth.protocol.encoding import b64

TOKENS = AccessTokens()


def send(event: CallbackEvent, *, at: datetime, tokens: AccessTokens = TOKENS) -> None:
    """Post an event to its callback.

    Raises:
        DeliveryFailed: the receiver did not accept it with a status of 2xx.
    """
    callback = event.callback
    try:
        authentication = callbacks.authentication_of(callback)
        secret = callbacks.signing_secret_of(callback)
    except SecretUnreadable as error:
        raise DeliveryFailed("the secrets of the callback do not open") from error
    composed = message.compose(
        str(event.pk), event.payload, attributes=callback.attributes, secret=secret, at=at
    )
    answer = _post(callback.url, composed, authentication, tokens)
    if not answer.ok:
        asked = retry_after(answer.headers.get("Retry-After"), at=at)
        raise DeliveryFailed(f"HTTP {answer.status}", asked=asked)


def _post(
    url: str, composed: message.Message, authentication: Authentication, tokens: AccessTokens
) -> Answer:
    context = certificates.context_of(authentication.certificate)

    def post(**authorization: str) -> Answer:
        headers = {**composed.headers, **authorization}
        return transport.post(url, body=composed.body, headers=headers, context=context)

    oauth2 = authentication.oauth2
    if oauth2.enabled:
        token = tokens.get(oauth2, context)
        answer = post(Authorization=f"Bearer {token}")
        if answer.status != HTTPStatus.UNAUTHORIZED:
            return answer
        # The receiver may have forgotten a token before its time; a new one is asked for once.
        tokens.forget(oauth2, token)
        return post(Authorization=f"Bearer {tokens.get(oauth2, context)}")
    if authentication.http_basic.enabled:
        return post(Authorization=_basic(authentication.http_basic))
    return post()


def _basic(basic: HttpBasic) -> str:
    return f"Basic {b64(f'{basic.username}:{basic.password}'.encode())}"
