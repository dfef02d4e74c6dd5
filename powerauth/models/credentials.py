"""Tokens, temporary keys, and the memory of values that are used once."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.activation import SUITE_LENGTH, Activation


class Token(models.Model):
    """A token for simple authentication: protocol.md 8 and protocol-4.md 26.

    The secret has 16 bytes, or 32 in an activation of protocol 4.
    """

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    activation = models.ForeignKey(
        Activation, models.CASCADE, related_name="tokens", verbose_name=_("activation")
    )
    secret = models.BinaryField(_("secret record"))
    signature_type = models.CharField(_("signature type"), max_length=32)
    created_at = models.DateTimeField(_("created"))
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return str(self.id)


class TemporaryKey(models.Model):
    """A short-lived key of end-to-end encryption: protocol.md 6 and protocol-4.md 22.

    `algorithm` is a suite, and says what the record holds: of protocol 3 the private key of a pair,
    of protocol 4 the secret of 32 bytes that both sides share.
    """

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    application_key = models.CharField(_("application key"), max_length=24)
    activation_id = models.UUIDField(_("activation"), null=True, db_index=True)
    algorithm = models.CharField(_("algorithm"), max_length=SUITE_LENGTH)
    private_key = models.BinaryField(_("record of the private key, or of the shared secret"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("temporary key")
        verbose_name_plural = _("temporary keys")

    def __str__(self) -> str:
        return str(self.id)


class UniqueValue(models.Model):
    """A value that was used once and is refused until it could not be accepted any more.

    The digest stands for the value and its kind; the primary key makes test and insert one step.
    """

    digest = models.BinaryField(_("digest"), primary_key=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("used value")
        verbose_name_plural = _("used values")

    def __str__(self) -> str:
        return bytes(self.digest).hex()
