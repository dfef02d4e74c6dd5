"""What was verified, and with which result: integration-api.md 8.4."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.activation import ActivationState
from powerauth.models.application import ID_LENGTH, KEY_LENGTH
from powerauth.models.secrecy import leave_open

SIGNATURE_LENGTH = 8192  # characters; the longest one of ML-DSA has 6172


class SignatureAudit(models.Model):
    """One attempt to sign, with the activation as it was before the attempt.

    The signed data is kept without the application secret; `application_key` says which version of
    the application has it. Offline attempts have no version of protocol or application.
    `generation` is that of the compared code, which differs from `version` during an upgrade; null
    in records of before there were two.
    """

    activation_id = models.UUIDField(_("activation"))
    application_id = models.CharField(_("application"), max_length=ID_LENGTH)
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    activation_counter = models.BigIntegerField(_("counter"))
    activation_ctr_data = models.BinaryField(_("hash counter"))
    activation_state = models.PositiveSmallIntegerField(_("state"), choices=ActivationState)
    additional_info = models.JSONField(_("additional information"), default=dict)
    data = models.BinaryField(_("signed data"))
    signature = models.CharField(_("signature"), max_length=SIGNATURE_LENGTH)
    signature_type = models.CharField(_("signature type"), max_length=32)
    signature_version = models.CharField(_("signature version"), max_length=8, default="")
    application_key = models.CharField(
        _("application key"), max_length=KEY_LENGTH, default="", blank=True
    )
    note = models.CharField(_("note"), max_length=64)
    valid = models.BooleanField(_("valid"))
    version = models.PositiveSmallIntegerField(_("protocol version"), null=True)
    generation = models.PositiveSmallIntegerField(_("protocol generation"), null=True)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("verified signature")
        verbose_name_plural = _("signature audit")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="signature_audit_time"),
            # What was refused is looked for among many that were not.
            models.Index(
                fields=["-created_at", "-id"],
                name="signature_audit_refused",
                condition=models.Q(valid=False),
            ),
            models.Index(fields=["user_id", "-created_at"], name="signature_audit_user"),
            models.Index(
                fields=["activation_id", "-created_at"], name="signature_audit_activation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activation_id} {self.note}"


leave_open(SignatureAudit, "application_key")  # it is in each request of each phone
