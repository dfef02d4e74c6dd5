"""Who may spawn activations, and which were spawned: mobile-token-api.md 9.3."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from activation.spawn.rules import is_flag_list
from activation.spawn.values import ID_LENGTH
from powerauth.engine.activations.flags import MAX_LENGTH as FLAGS_LENGTH


def validate_flags(value: object) -> None:
    """Refuse a JSON value that an activation could not hold as its flags.

    Raises:
        ValidationError: no list of texts, an empty one among them, or too many.
    """
    if not is_flag_list(value):
        raise ValidationError(_('Give a JSON list of flags, such as ["VIP"].'))
    if isinstance(value, list) and len(",".join(value)) > FLAGS_LENGTH:
        raise ValidationError(_("These are more flags than an activation can hold."))


class SpawnRule(models.Model):
    """Users of one application may activate another one.

    Of the rules that fit a request, the one with the lowest identifier counts.
    """

    source_application_id = models.CharField(_("source application"), max_length=ID_LENGTH)
    requested_id = models.CharField(
        _("requested identifier"),
        max_length=ID_LENGTH,
        help_text=_("What the source application asks for."),
    )
    destination_application_id = models.CharField(
        _("destination application"),
        max_length=ID_LENGTH,
        help_text=_("Where the new activation is created."),
    )
    required_flags = models.JSONField(
        _("required flags"),
        default=list,
        blank=True,
        validators=[validate_flags],
        help_text=_("A JSON list of flags, all of which the source activation must have."),
    )
    flags_to_add = models.JSONField(
        _("flags to add"),
        default=list,
        blank=True,
        validators=[validate_flags],
        help_text=_("A JSON list of flags that the new activation gets."),
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("spawn rule")
        verbose_name_plural = _("spawn rules")
        indexes = [
            models.Index(
                fields=["source_application_id", "requested_id"],
                name="spawn_rule_enabled",
                condition=models.Q(enabled=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_application_id}: {self.requested_id}"


class SpawnOutcome(models.TextChoices):
    """How a request for an activation code ended."""

    CREATED = "CREATED", _("created")
    REFUSED = "REFUSED", _("refused")


class SpawnAudit(models.Model):
    """One authenticated request for an activation code, and what came of it.

    `rule` names the rule that decided: `row` or `setting` with a number, `hook`, or nothing.
    `reason` is empty for a new activation, else one of `values.Reason` or an engine's error code.
    """

    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    source_application_id = models.CharField(_("source application"), max_length=ID_LENGTH)
    source_activation_id = models.CharField(_("source activation"), max_length=37)
    requested_id = models.CharField(_("requested identifier"), max_length=ID_LENGTH)
    destination_application_id = models.CharField(
        _("destination application"), max_length=ID_LENGTH, default=""
    )
    destination_activation_id = models.CharField(
        _("destination activation"), max_length=37, default=""
    )
    rule = models.CharField(_("rule"), max_length=32, default="")
    outcome = models.CharField(_("outcome"), max_length=16, choices=SpawnOutcome)
    reason = models.CharField(_("reason"), max_length=32, default="")
    created_at = models.DateTimeField(_("time"))

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("spawned activation")
        verbose_name_plural = _("audit of spawned activations")
        indexes = [
            models.Index(fields=["user_id", "-created_at"], name="spawn_audit_user"),
            models.Index(fields=["-created_at", "-id"], name="spawn_audit_time"),
            models.Index(fields=["source_activation_id"], name="spawn_audit_source"),
            models.Index(
                fields=["destination_activation_id"],
                name="spawn_audit_destination",
                condition=~models.Q(destination_activation_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_activation_id} {self.get_outcome_display()}"
