"""The embedded registry of devices: push-and-inbox.md 10.1."""

from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from powerauth.models.secrecy import keep_secret

ID_LENGTH = 255  # characters of an identifier that a back end chooses
ACTIVATION_ID_LENGTH = 37  # characters
LANGUAGE_LENGTH = 8  # characters of a primary subtag
TOKEN_LENGTH = 1024  # characters
# A whole token of the longest kind would not fit into an index entry.
INDEXED_TOKEN_LENGTH = 128  # characters


class Platform(models.TextChoices):
    """Who delivers to the device: one vocabulary for the six names that apps use."""

    APNS = "apns", _("Apple")
    FCM = "fcm", _("Google")
    HMS = "hms", _("Huawei")


class Environment(models.TextChoices):
    """Which of Apple's two hosts knows the token."""

    DEVELOPMENT = "development", _("development")
    PRODUCTION = "production", _("production")


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    """Selections of devices."""

    def of_token(self, application_id: str, token: str) -> Self:
        """Keep the devices of an application that registered this token, by the index."""
        return self.related(application_id, token, ())

    def related(self, application_id: str, token: str, activation_ids: Collection[str]) -> Self:
        """Keep the devices that registered a token, and those of some activations."""
        of_token = Q(
            application_id=application_id,
            token_start=token[:INDEXED_TOKEN_LENGTH],
            push_token=token,
        )
        return self.alias(token_start=Left("push_token", INDEXED_TOKEN_LENGTH)).filter(
            of_token | Q(activation_id__in=activation_ids)
        )


class PushDevice(models.Model):
    """Where messages for one activation go; several activations may share a phone's token.

    An empty environment is the application's own; an empty language is unknown.
    """

    activation_id = models.CharField(_("activation"), max_length=ACTIVATION_ID_LENGTH, unique=True)
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    application_id = models.CharField(_("application"), max_length=ID_LENGTH)
    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    push_token = models.CharField(_("token"), max_length=TOKEN_LENGTH)
    environment = models.CharField(
        _("environment"), max_length=16, choices=Environment, default="", blank=True
    )
    # A server of the version before this column may still register devices.
    language = models.CharField(
        _("language"), max_length=LANGUAGE_LENGTH, default="", db_default="", blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)
    last_registered_at = models.DateTimeField(_("last registered"))

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [
            models.Index(fields=["user_id", "application_id"], name="push_device_user"),
            models.Index(
                "application_id", Left("push_token", INDEXED_TOKEN_LENGTH), name="push_device_token"
            ),
        ]

    def __str__(self) -> str:
        return self.activation_id


keep_secret(PushDevice, "push_token")


def of_same_phone(devices: QuerySet[PushDevice]) -> QuerySet[PushDevice]:
    """Keep devices with the address of the device of the outer query, by the index."""
    return devices.alias(token_start=Left("push_token", INDEXED_TOKEN_LENGTH)).filter(
        application_id=OuterRef("application_id"),
        token_start=Left(OuterRef("push_token"), INDEXED_TOKEN_LENGTH),
        push_token=OuterRef("push_token"),
        platform=OuterRef("platform"),
        environment=OuterRef("environment"),
    )
