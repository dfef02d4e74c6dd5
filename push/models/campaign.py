"""One message for many users: push-and-inbox.md 8."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from push.models.device import ID_LENGTH


class PushCampaign(models.Model):
    """A message to the users of a list, sent once by the worker.

    It is sent from `sent_at` on; `written_up_to` is the last user of the list whose message is
    written, and `completed_at` tells when no phone of any of them has to hear of it any more.
    """

    application_id = models.CharField(_("application"), max_length=ID_LENGTH)
    content = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    written_up_to = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        default_permissions = ("add", "delete", "view")
        permissions = [("send_pushcampaign", _("Can send campaigns"))]
        indexes = [
            models.Index(
                fields=["id"],
                name="push_campaign_under_way",
                condition=models.Q(sent_at__isnull=False, completed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PushCampaignUser(models.Model):
    """One user of a campaign; the list is sent in the order of the keys."""

    campaign = models.ForeignKey(
        PushCampaign,
        models.CASCADE,
        related_name="users",
        db_index=False,
        verbose_name=_("campaign"),
    )
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("user of a campaign")
        verbose_name_plural = _("users of campaigns")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "user_id"], name="push_campaign_user_unique"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "id"], name="push_campaign_user_order")]

    def __str__(self) -> str:
        return self.user_id
