"""Credentials of the bank's back ends: integration-api.md 5.5."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.application import ID_LENGTH
from powerauth.models.secrecy import keep_secret, leave_open


class Integration(models.Model):
    """A back end that may call the integration API; of its secret only a hash is kept."""

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    name = models.CharField(_("name"), max_length=ID_LENGTH)
    client_token = models.CharField(_("client token"), max_length=36, unique=True)
    client_secret_hash = models.CharField(_("hash of the client secret"), max_length=255)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")

    def __str__(self) -> str:
        return self.name


keep_secret(Integration, "client_secret_hash")
leave_open(Integration, "client_token")  # the name of the back end, as a user has one
