"""What the bank tells a phone about its user: standard-rest-api.md 8."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from powerauth.values import ActivationFacts


class Stage(StrEnum):
    """When a phone is told."""

    ACTIVATION_CODE = "ACTIVATION_PROCESS_ACTIVATION_CODE"
    ACTIVATION_CUSTOM = "ACTIVATION_PROCESS_CUSTOM"
    ENDPOINT = "USER_INFO_ENDPOINT"


class UserInfoProvider(Protocol):
    """A source of claims about users."""

    def claims(
        self, activation: ActivationFacts, stage: Stage, *, at: datetime
    ) -> Mapping[str, Any] | None:
        """Give a flat map of claims, None where the stage is not served.

        An outage of the source gives an empty map: it must not fail an activation whose keys are
        already exchanged.
        """
        ...


class NoUserInfo:
    """Tells nothing."""

    def claims(
        self, activation: ActivationFacts, stage: Stage, *, at: datetime
    ) -> Mapping[str, Any] | None:
        return None


class MinimalUserInfo:
    """Tells who the user is, at every stage."""

    def claims(
        self, activation: ActivationFacts, stage: Stage, *, at: datetime
    ) -> Mapping[str, Any] | None:
        return {
            "sub": activation.user_id,
            "jti": str(uuid.uuid4()),
            "iat": int(at.timestamp()),
        }


_PROVIDERS: Mapping[str, UserInfoProvider] = {
    "": NoUserInfo(),
    "none": NoUserInfo(),
    "minimal": MinimalUserInfo(),
}


def get_provider() -> UserInfoProvider:
    """Give the configured provider.

    Raises:
        ImproperlyConfigured: USER_INFO_PROVIDER names none.
    """
    provider = _PROVIDERS.get(settings.USER_INFO_PROVIDER.strip().lower())
    if provider is None:
        raise ImproperlyConfigured("USER_INFO_PROVIDER must be none or minimal.")
    return provider
