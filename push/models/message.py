"""What is sent to whom, and what became of it: push-and-inbox.md 6 and 10.1."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from push.messages.values import Priority
from push.models.device import ACTIVATION_ID_LENGTH, ID_LENGTH, Platform

CAUSE_LENGTH = 255  # characters
REASON_LENGTH = 255  # characters


class MessageSource(models.TextChoices):
    """Who wanted a message to be sent."""

    API = "api", _("a back end")
    OPERATION = "operation", _("an operation")
    INBOX = "inbox", _("a message of the inbox")
    CAMPAIGN = "campaign", _("a campaign")
    TEST = "test", _("somebody who tests")


class DeliveryState(models.TextChoices):
    """How far the delivery to one device has come."""

    PENDING = "pending", _("waiting")
    PROCESSING = "processing", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("too late")


class PushMessage(models.Model):
    """One message to one user in one application.

    Of one in several languages, `texts` has them by language and `content` the rest; see
    `announcements.Announcement`. Once it has reached all devices, or never will, it is finished,
    and a personal one keeps neither.
    """

    application_id = models.CharField(_("application"), max_length=ID_LENGTH)
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    source = models.CharField(_("sent for"), max_length=16, choices=MessageSource)
    cause = models.CharField(_("cause"), max_length=CAUSE_LENGTH, default="", blank=True)
    content = models.JSONField(_("content"), default=dict)
    texts = models.JSONField(_("texts by language"), default=dict)
    personal = models.BooleanField(_("personal"), default=False)
    silent = models.BooleanField(_("silent"), default=False)
    priority = models.CharField(
        _("priority"),
        max_length=8,
        choices=[(each.value, each.value) for each in Priority],
        default=Priority.HIGH.value,
    )
    created_at = models.DateTimeField(_("created"))
    valid_until = models.DateTimeField(_("valid until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("push message")
        verbose_name_plural = _("push messages")
        default_permissions = ("view",)
        permissions = [
            ("read_pushmessage", _("Can read personal messages on their way")),
            ("send_test_pushmessage", _("Can send test messages to devices")),
        ]
        indexes = [
            models.Index(fields=["user_id", "-id"], name="push_message_user"),
            models.Index(
                fields=["id"], name="push_message_unfinished", condition=Q(finished_at=None)
            ),
            models.Index(
                fields=["finished_at"],
                name="push_message_finished",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(
                fields=["cause"], name="push_message_campaign", condition=Q(source="campaign")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PushDelivery(models.Model):
    """A message on its way to one device, which is the one of the activation at that moment.

    Without a channel the application had no credentials for the platform. `expires_at` is when the
    device need not hear of it any more, whether the message says so or not; `attempted_at` is when
    the last attempt ended.
    """

    message = models.ForeignKey(
        PushMessage, models.CASCADE, related_name="deliveries", verbose_name=_("message")
    )
    # Ways are never removed, and each new row would have to lock the one that all refer to.
    channel = models.ForeignKey(
        "push.PushChannel",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="deliveries",
        verbose_name=_("way to the provider"),
    )
    activation_id = models.CharField(_("activation"), max_length=ACTIVATION_ID_LENGTH)
    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    state = models.CharField(
        _("state"), max_length=16, choices=DeliveryState, default=DeliveryState.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    expires_at = models.DateTimeField(_("expires"))
    lease_until = models.DateTimeField(_("being sent until"), null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, default="", blank=True)
    attempted_at = models.DateTimeField(_("end of the last attempt"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("push delivery")
        verbose_name_plural = _("push deliveries")
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                name="push_delivery_due",
                condition=Q(state="pending"),
            ),
            models.Index(
                fields=["expires_at"], name="push_delivery_expiring", condition=Q(state="pending")
            ),
            models.Index(
                fields=["lease_until"],
                name="push_delivery_lease",
                condition=Q(state="processing"),
            ),
            # What failed is looked for among many that were sent.
            models.Index(fields=["-id"], name="push_delivery_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PushRinging(models.Model):
    """How often the phones of a user rang in the minute that began at `since`."""

    user_id = models.CharField(_("user"), max_length=ID_LENGTH, primary_key=True)
    since = models.DateTimeField(_("since"))
    rung = models.PositiveIntegerField(_("messages"))

    class Meta:
        verbose_name = _("ringing of a user")
        verbose_name_plural = _("ringing of users")
        default_permissions = ()

    def __str__(self) -> str:
        return self.user_id
