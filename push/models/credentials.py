"""How applications prove themselves to providers: push-and-inbox.md 9 and 10.1."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.secrecy import keep_secret, leave_open
from push.models.device import ID_LENGTH, Environment

NAME_LENGTH = 255  # characters of an identifier that a provider chooses


class PushAppCredentials(models.Model):
    """What one application shows to Apple, Google and Huawei; a provider it lacks is empty.

    Secrets are sealed records. An empty environment is the server's own.
    """

    application_id = models.CharField(_("application"), max_length=ID_LENGTH, unique=True)
    apns_key_id = models.CharField(_("key of Apple"), max_length=NAME_LENGTH, blank=True)
    apns_team_id = models.CharField(_("team"), max_length=NAME_LENGTH, blank=True)
    apns_bundle = models.CharField(_("bundle"), max_length=NAME_LENGTH, blank=True)
    apns_private_key = models.BinaryField(_("private key of Apple"), default=b"")
    apns_environment = models.CharField(
        _("environment"), max_length=16, choices=Environment, blank=True
    )
    fcm_project_id = models.CharField(_("project of Google"), max_length=NAME_LENGTH, blank=True)
    fcm_service_account = models.BinaryField(_("service account of Google"), default=b"")
    hms_project_id = models.CharField(_("project of Huawei"), max_length=NAME_LENGTH, blank=True)
    hms_client_id = models.CharField(_("client of Huawei"), max_length=NAME_LENGTH, blank=True)
    hms_client_secret = models.BinaryField(_("client secret of Huawei"), default=b"")
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        ordering = ["application_id"]
        verbose_name = _("push credentials")
        verbose_name_plural = _("push credentials")

    def __str__(self) -> str:
        return self.application_id


keep_secret(PushAppCredentials, "apns_private_key", "fcm_service_account", "hms_client_secret")
leave_open(PushAppCredentials, "apns_key_id")
