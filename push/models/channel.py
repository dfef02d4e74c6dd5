"""How it goes with one provider for one application: push-and-inbox.md 6."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from push.models.device import ID_LENGTH, Platform
from push.models.message import REASON_LENGTH


class PushChannel(models.Model):
    """The way from one application to one provider; it stays when its credentials go.

    `version` counts the changes of the credentials, and `delivered_at` tells when these here were
    first good for a delivery, if ever. `failures` counts attempts in a row that the provider did
    not answer; while `open_until` lies ahead, nothing is sent. Of credentials that the provider
    refuses, `refused_at` and `refused_reason` tell since when and why.
    """

    application_id = models.CharField(_("application"), max_length=ID_LENGTH)
    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    enabled = models.BooleanField(_("has credentials"), default=True)
    version = models.PositiveIntegerField(_("version of the credentials"), default=1)
    delivered_at = models.DateTimeField(_("first delivery with these credentials"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("nothing is sent until"), null=True)
    refused_at = models.DateTimeField(_("credentials refused since"), null=True)
    refused_reason = models.CharField(
        _("why credentials are refused"), max_length=REASON_LENGTH, default="", blank=True
    )

    class Meta:
        verbose_name = _("way to a provider")
        verbose_name_plural = _("ways to providers")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["application_id", "platform"], name="push_channel_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.platform}"
