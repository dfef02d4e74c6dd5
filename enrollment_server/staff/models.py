"""What the server remembers of those who log in to the back office."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

_USER = settings.AUTH_USER_MODEL


class GuessScope(models.TextChoices):
    """Whose failed logins are counted together."""

    ACCOUNT = "ACCOUNT", _("account")
    ADDRESS = "ADDRESS", _("address")
    BROWSER = "BROWSER", _("known browser of an account")


class FailedLogins(models.Model):
    """Failed logins of one account, address or known browser: how many, and who has to wait.

    The key is a keyed digest: a name that nobody has may be a password in the wrong field.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    scope = models.CharField(_("kind"), max_length=8, choices=GuessScope)
    user = models.ForeignKey(_USER, models.CASCADE, null=True, verbose_name=_("user"))
    address = models.CharField(_("address"), max_length=64, default="")
    failures = models.PositiveIntegerField(_("failures"), default=0)
    refused = models.PositiveIntegerField(_("refused while locked"), default=0)
    last_at = models.DateTimeField(_("last"), db_index=True)
    locked_until = models.DateTimeField(_("locked until"), null=True)

    class Meta:
        verbose_name = _("failed logins")
        verbose_name_plural = _("failed logins")
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return str(self.user or self.address or self.get_scope_display())


class SecondFactor(models.Model):
    """The app of somebody that shows one-time codes (TOTP, RFC 6238); there is one for each.

    `last_step` is the time step of the last code that was accepted: it and all before are used up.
    """

    user = models.OneToOneField(
        _USER, models.CASCADE, related_name="second_factor", verbose_name=_("user")
    )
    secret = models.BinaryField(_("secret record"))
    last_step = models.BigIntegerField(_("last used time step"))
    created_at = models.DateTimeField(_("set up"))
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code that replaces the app once; of its 80 random bits only a hash is kept."""

    factor = models.ForeignKey(
        SecondFactor,
        models.CASCADE,
        related_name="recovery_codes",
        verbose_name=_("second factor"),
    )
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["factor", "digest"], name="staff_recovery_code_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ProviderAccount(models.Model):
    """Who somebody is at the bank's OpenID provider: the subject, since names change hands."""

    user = models.OneToOneField(
        _USER, models.CASCADE, related_name="provider_account", verbose_name=_("user")
    )
    issuer = models.CharField(_("issuer"), max_length=255)
    subject = models.CharField(_("subject"), max_length=255)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("account at the OpenID provider")
        verbose_name_plural = _("accounts at the OpenID provider")
        default_permissions = ("view", "delete")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="staff_provider_subject")
        ]

    def __str__(self) -> str:
        return str(self.user)
