"""The key pairs that only sign, of both sides of an activation of protocol 4."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.activation import SUITE_LENGTH, Activation
from powerauth.models.secrecy import keep_secret


class KeySide(models.TextChoices):
    """Whose key pair it is."""

    SERVER = "SERVER", _("server")
    DEVICE = "DEVICE", _("device")


class ActivationKey(models.Model):
    """A long-term key pair by its algorithm; of a device, only the public half: protocol-4.md 19.1.

    Public keys are as they travel (protocol-4.md 17.4 and 17.5), private ones encrypted records: of
    ECDSA the scalar, of ML-DSA the seed of 32 bytes.
    """

    activation = models.ForeignKey(
        Activation,
        models.CASCADE,
        related_name="keys",
        db_index=False,
        verbose_name=_("activation"),
    )
    side = models.CharField(_("side"), max_length=8, choices=KeySide)
    algorithm = models.CharField(_("algorithm"), max_length=SUITE_LENGTH)
    public_key = models.BinaryField(_("public key"))
    private_key = models.BinaryField(_("private key record"), default=b"")

    class Meta:
        default_permissions = ()
        verbose_name = _("key of an activation")
        verbose_name_plural = _("keys of activations")
        constraints = [
            models.UniqueConstraint(
                fields=["activation", "side", "algorithm"], name="activation_key_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activation_id} {self.side} {self.algorithm}"


keep_secret(ActivationKey, "private_key")
