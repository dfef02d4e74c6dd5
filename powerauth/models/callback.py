"""Callbacks to back ends and the events that wait to be delivered: integration-api.md 11."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.application import ID_LENGTH, Application
from powerauth.models.exact_json import ExactJSONField
from powerauth.models.secrecy import keep_secret

URL_LENGTH = 1024  # characters


class CallbackType(models.TextChoices):
    """What a callback tells of."""

    ACTIVATION_STATUS_CHANGE = "ACTIVATION_STATUS_CHANGE", _("changes of activations")
    OPERATION_STATUS_CHANGE = "OPERATION_STATUS_CHANGE", _("changes of operations")


class CallbackEventState(models.TextChoices):
    """How far the delivery of an event has come: integration-api.md 11.4."""

    PENDING = "PENDING", _("waiting")
    PROCESSING = "PROCESSING", _("being sent")
    COMPLETED = "COMPLETED", _("delivered")
    FAILED = "FAILED", _("failed")


class Callback(models.Model):
    """An address of a back end that is told of changes in one application.

    Null for attempts, backoff and retention stands for the setting. `failures` counts failed
    deliveries since the last good one; while `open_until` lies ahead, nothing is sent.
    """

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    application = models.ForeignKey(
        Application, models.CASCADE, related_name="callbacks", verbose_name=_("application")
    )
    name = models.CharField(_("name"), max_length=ID_LENGTH)
    type = models.CharField(_("tells of"), max_length=32, choices=CallbackType)
    url = models.CharField(_("URL"), max_length=URL_LENGTH)
    attributes = models.JSONField(_("attributes"), default=list, blank=True)
    authentication = models.BinaryField(_("authentication record"))
    signing_secret = models.BinaryField(_("signing secret record"))
    enabled = models.BooleanField(_("enabled"), default=True)
    max_attempts = models.PositiveIntegerField(_("maximum of attempts"), null=True, blank=True)
    initial_backoff_ms = models.PositiveBigIntegerField(
        _("first pause in milliseconds"), null=True, blank=True
    )
    retention_s = models.PositiveBigIntegerField(_("retention in seconds"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("nothing is sent until"), null=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        permissions = [
            ("view_signing_secret", _("Can see the secret that callbacks are signed with")),
            ("renew_signing_secret", _("Can renew the secret that callbacks are signed with")),
        ]
        indexes = [
            # An event asks for the enabled ones of its type, of a few applications.
            models.Index(
                fields=["application", "type"],
                name="callback_enabled",
                condition=models.Q(enabled=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


keep_secret(Callback, "authentication", "signing_secret")


class CallbackEvent(models.Model):
    """One change to tell one back end of; the payload is the object as it was right after.

    The identifier is the same at every attempt, so that the receiver can drop what it has seen.
    """

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    callback = models.ForeignKey(
        Callback, models.CASCADE, related_name="events", db_index=False, verbose_name=_("callback")
    )
    payload = ExactJSONField(_("content"))
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=CallbackEventState,
        default=CallbackEventState.PENDING,
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(_("being sent until"), null=True)
    last_error = models.CharField(_("last error"), max_length=255, default="")
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("callback event")
        verbose_name_plural = _("callback events")
        permissions = [("replay_callbackevent", _("Can send callback events again"))]
        indexes = [
            models.Index(
                fields=["callback", "next_attempt_at"],
                name="callback_event_due",
                condition=models.Q(state="PENDING"),
            ),
            models.Index(
                fields=["lease_until"],
                name="callback_event_lease",
                condition=models.Q(state="PROCESSING"),
            ),
            models.Index(fields=["state", "finished_at"], name="callback_event_finished"),
            models.Index(fields=["-created_at", "-id"], name="callback_event_time"),
            # What failed is looked for among many that were delivered.
            models.Index(
                fields=["-created_at", "-id"],
                name="callback_event_failed",
                condition=models.Q(state="FAILED"),
            ),
            models.Index(fields=["callback", "-created_at", "-id"], name="callback_event_callback"),
        ]

    def __str__(self) -> str:
        return str(self.id)
