"""Applications, their versions and their master keys: integration-api.md 5.2."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.secrecy import keep_secret, leave_open

ID_LENGTH = 255  # characters of an identifier that a back end chooses
KEY_LENGTH = 24  # characters of an application key or secret: 16 bytes as Base64


class Application(models.Model):
    """A mobile app of the bank, known by the text that the back end chose."""

    id = models.CharField(_("identifier"), max_length=ID_LENGTH, primary_key=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.id


class ApplicationVersion(models.Model):
    """One build of the app, with the key and secret that it was shipped with."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="versions", verbose_name=_("application")
    )
    name = models.CharField(_("version"), max_length=ID_LENGTH)
    application_key = models.CharField(_("application key"), max_length=KEY_LENGTH, unique=True)
    application_secret = models.CharField(_("application secret"), max_length=KEY_LENGTH)
    supported = models.BooleanField(_("supported"), default=True)

    class Meta:
        ordering = ["application_id", "name"]
        verbose_name = _("application version")
        verbose_name_plural = _("application versions")
        permissions = [
            ("view_mobile_sdk_config", _("Can see the configuration that an app is built with"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "name"], name="application_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.name}"


keep_secret(ApplicationVersion, "application_secret")
leave_open(ApplicationVersion, "application_key")  # it is in each request of each phone


class ApplicationConfig(models.Model):
    """What an application is configured with under one key: integration-api.md 5.4.

    The record is a JSON list; it may contain secrets, such as those of OIDC clients.
    """

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="configuration", verbose_name=_("application")
    )
    key = models.CharField(_("key"), max_length=ID_LENGTH)
    record = models.BinaryField(_("values record"))

    class Meta:
        verbose_name = _("application configuration")
        verbose_name_plural = _("application configurations")
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="application_config_unique")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"


class MasterKeyPair(models.Model):
    """A master key pair of an application; of each algorithm, the newest one is used.

    The private key is the scalar of ECDSA, or the seed of ML-DSA: protocol-4.md 19.1.
    """

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="master_key_pairs", verbose_name=_("application")
    )
    name = models.CharField(_("name"), max_length=ID_LENGTH + 32)
    algorithm = models.CharField(_("algorithm"), max_length=32)
    public_key = models.BinaryField(_("public key"))
    private_key = models.BinaryField(_("private key record"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("master key pair")
        verbose_name_plural = _("master key pairs")

    def __str__(self) -> str:
        return self.name
