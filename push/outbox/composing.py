"""What one device gets of a message, or why it gets nothing: push-and-inbox.md 4.3, 4.4 and 11."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from push.messages.limits import InvalidMessage
from push.messages.stored import from_json
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import Platform, PushDelivery, PushDevice, PushMessage
from push.outbox.reasons import (
    DEVICE_GONE,
    DEVICE_INACTIVE,
    INVALID_MESSAGE,
    NO_ENVIRONMENT,
    WRONG_ENVIRONMENT,
)
from push.providers.environments import ApnsEnvironment, environment_of
from push.providers.values import Target


class Unsendable(Exception):
    """A device does not get a message, whatever its provider would say."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def content_of(message: PushMessage, language: str) -> Content:
    """Give what phones in a language get.

    Raises:
        Unsendable: nothing that could be sent is stored.
    """
    try:
        content = from_json(message.content)
    except InvalidMessage as error:
        raise Unsendable(INVALID_MESSAGE) from error
    if message.silent and not content.silent:
        content = replace(content, silent=True)
    if not message.texts:
        return content
    text = _text(message.texts, language)
    return replace(content, title=Text(text=text["title"]), body=Text(text=text["body"]))


def target_of(
    delivery: PushDelivery,
    device: PushDevice | None,
    *,
    application: str,
    default: ApnsEnvironment | None,
) -> Target:
    """Give where to send to: the device that the activation has now.

    Args:
        application: Apple's environment by the application's credentials, empty if they do not say.
        default: the one for applications that do not say.

    Raises:
        Unsendable: there is none, or it may not get the message.
    """
    if device is None or device.platform != delivery.platform:
        raise Unsendable(DEVICE_GONE)
    if delivery.message.personal and not device.is_active:
        raise Unsendable(DEVICE_INACTIVE)
    if device.platform != Platform.APNS:
        return Target(token=device.push_token)
    environment = _environment(device.environment, application, default)
    return Target(token=device.push_token, development=environment is ApnsEnvironment.DEVELOPMENT)


def _environment(device: str, application: str, default: ApnsEnvironment | None) -> ApnsEnvironment:
    own, base = _named(device), _named(application) or default
    if base is None:
        if own is None:
            raise Unsendable(NO_ENVIRONMENT)
        return own
    found = environment_of(application=None, default=base, device=own)
    if found is None:
        raise Unsendable(WRONG_ENVIRONMENT)
    return found


def _named(environment: str) -> ApnsEnvironment | None:
    return ApnsEnvironment(environment) if environment else None


def _text(texts: Mapping[str, Any], language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = texts.get(language) or texts.get("") or next(iter(texts.values()))
    return found
