"""Activations and their history: integration-api.md 4 and 6, protocol.md 4."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.application import ID_LENGTH, Application
from powerauth.models.exact_json import ExactJSONField
from powerauth.models.secrecy import keep_secret, leave_open

SUITE_LENGTH = 32  # characters of the name of an algorithm, or of a suite of them


class ActivationState(models.IntegerChoices):
    """The states with the byte that the status blob carries (protocol.md 4.1)."""

    CREATED = 1, _("created")
    PENDING_COMMIT = 2, _("waiting for commit")
    ACTIVE = 3, _("active")
    BLOCKED = 4, _("blocked")
    REMOVED = 5, _("removed")


class OtpValidation(models.TextChoices):
    """When an OTP is due, in the older way to say it (integration-api.md 6.4)."""

    NONE = "NONE", _("by commit phase")
    ON_KEY_EXCHANGE = "ON_KEY_EXCHANGE", _("on key exchange")
    ON_COMMIT = "ON_COMMIT", _("on commit")


class CommitPhase(models.TextChoices):
    """What makes an activation active (integration-api.md 6.4)."""

    ON_COMMIT = "ON_COMMIT", _("on commit")
    ON_KEY_EXCHANGE = "ON_KEY_EXCHANGE", _("on key exchange")


class TransferType(models.TextChoices):
    """How an activation follows from another one, as a back end says it: protocol-4.md 34.4."""

    SPAWN = "SPAWN", _("beside its origin")
    MOVE = "MOVE", _("in place of its origin")


class Activation(models.Model):
    """The pairing of one installed app with one user.

    Keys are opaque bytes that only the generation's cryptography interprets; private ones are
    encrypted records. Until the key exchange there are none, and `protocol_generation` says
    nothing. Which columns hold the keys of which generation: docs/adr/0012-generations.md.
    """

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="activations", verbose_name=_("application")
    )
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    state = models.PositiveSmallIntegerField(
        _("state"), choices=ActivationState, default=ActivationState.CREATED
    )
    blocked_reason = models.CharField(_("reason of blocking"), max_length=255, default="")
    name = models.CharField(_("name"), max_length=255, default="")
    flags = models.JSONField(_("flags"), default=list, blank=True)

    activation_code = models.CharField(_("activation code"), max_length=23)
    otp_hash = models.CharField(_("OTP hash"), max_length=255, default="")
    otp_validation = models.CharField(
        _("OTP validation"), max_length=16, choices=OtpValidation, default=OtpValidation.NONE
    )
    commit_phase = models.CharField(
        _("commit phase"), max_length=16, choices=CommitPhase, default=CommitPhase.ON_COMMIT
    )
    expires_at = models.DateTimeField(_("expires"))

    protocol_generation = models.PositiveSmallIntegerField(_("protocol generation"), default=3)
    algorithm = models.CharField(_("algorithm suite"), max_length=SUITE_LENGTH)
    counter = models.BigIntegerField(_("counter"), default=0)

    # Generation 3: key pairs of P-256, and all keys that follow from them, derived once.
    server_public_key = models.BinaryField(_("server public key"))
    server_private_key = models.BinaryField(_("server private key record"))
    device_public_key = models.BinaryField(_("device public key"), default=b"")
    derived_keys = models.BinaryField(_("derived keys record"), default=b"")
    ctr_data = models.BinaryField(_("hash counter"), default=b"")

    # Generation 4: protocol-4.md 32. Key pairs are in `ActivationKey`. While an upgrade waits for
    # its confirmation, these are beside those of generation 3, and `pending_suite` names theirs.
    pending_suite = models.CharField(
        _("suite of the upgrade"), max_length=SUITE_LENGTH, default="", db_default="", blank=True
    )
    activation_secret = models.BinaryField(
        _("activation secret record"), default=b"", db_default=b""
    )
    ctr_data_4 = models.BinaryField(_("hash counter of protocol 4"), default=b"", db_default=b"")
    knowledge_key = models.BinaryField(_("knowledge key record"), default=b"", db_default=b"")
    next_knowledge_key = models.BinaryField(
        _("next knowledge key record"), default=b"", db_default=b""
    )
    biometry_key = models.BinaryField(_("biometry key record"), default=b"", db_default=b"")
    next_biometry_key = models.BinaryField(
        _("next biometry key record"), default=b"", db_default=b""
    )
    biometry_enabled = models.BooleanField(_("biometry enabled"), default=False, db_default=False)
    confirmation_pending = models.BooleanField(
        _("waits for the confirmation of the phone"), default=False, db_default=False
    )

    failed_attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    max_failed_attempts = models.PositiveIntegerField(_("maximum of failed attempts"))
    version = models.PositiveSmallIntegerField(_("protocol version"), null=True)
    created_with = models.CharField(
        _("created with version"), max_length=8, default="", db_default="", blank=True
    )

    # What strangers try costs the activation nothing; it is counted all the same: engine/guessing.
    free_failures = models.PositiveIntegerField(_("uncounted failures"), default=0, db_default=0)
    free_failures_since = models.DateTimeField(_("uncounted failures since"), null=True)
    held_steps = models.PositiveSmallIntegerField(
        _("steps of the held signature"), default=0, db_default=0
    )
    held_at = models.DateTimeField(_("time of the held signature"), null=True)

    platform = models.CharField(_("platform"), max_length=255, default="")
    device_info = models.CharField(_("device"), max_length=255, default="")
    extras = models.TextField(_("extras"), default="")
    external_id = models.CharField(_("external identifier"), max_length=255, default="")
    # What a back end says of its origin; nothing here is decided by it.
    parent_activation_id = models.UUIDField(_("origin"), null=True)
    transfer_type = models.CharField(
        _("relation to its origin"),
        max_length=8,
        choices=TransferType,
        default="",
        db_default="",
        blank=True,
    )
    custom_attributes = ExactJSONField(_("custom attributes"), default=dict, blank=True)

    created_at = models.DateTimeField(_("created"))
    last_used_at = models.DateTimeField(_("last used"))
    last_change_at = models.DateTimeField(_("last changed"), null=True)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        permissions = [
            ("init_activation", _("Can create activations and show their codes")),
            ("commit_activation", _("Can commit activations that wait for it")),
            ("block_activation", _("Can block activations")),
            ("unblock_activation", _("Can unblock activations")),
            ("remove_activation", _("Can remove activations for good")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="activation_time"),
            models.Index(fields=["user_id", "-created_at"], name="activation_user"),
            models.Index(
                fields=["state", "expires_at"],
                name="activation_pending",
                condition=models.Q(state__in=[1, 2]),
            ),
            models.Index(fields=["application", "activation_code"], name="activation_code"),
            models.Index(fields=["algorithm", "-created_at", "-id"], name="activation_suite"),
            # Phones that owe a confirmation are few among many: protocol-4.md 23.3, 30.2.
            models.Index(
                fields=["-created_at", "-id"],
                name="activation_unconfirmed",
                condition=~models.Q(state=5)
                & (models.Q(confirmation_pending=True) | ~models.Q(pending_suite="")),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "activation_code"],
                name="activation_pending_code_unique",
                condition=models.Q(state__in=[1, 2]),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


keep_secret(
    Activation,
    *("activation_code", "otp_hash", "extras", "custom_attributes"),
    *("server_private_key", "derived_keys", "ctr_data"),
    *("activation_secret", "ctr_data_4"),
    *("knowledge_key", "next_knowledge_key", "biometry_key", "next_biometry_key"),
)
leave_open(Activation, "otp_validation")


class ActivationHistory(models.Model):
    """One change of an activation (integration-api.md 6.5)."""

    activation = models.ForeignKey(
        Activation, models.CASCADE, related_name="history", verbose_name=_("activation")
    )
    state = models.PositiveSmallIntegerField(_("state"), choices=ActivationState)
    event_reason = models.CharField(_("reason"), max_length=255, default="")
    external_user_id = models.CharField(_("by"), max_length=ID_LENGTH, default="")
    activation_name = models.CharField(_("name"), max_length=255, default="")
    version = models.PositiveSmallIntegerField(_("protocol version"), null=True)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("change of an activation")
        verbose_name_plural = _("history of activations")
        indexes = [
            models.Index(fields=["activation", "-created_at"], name="activation_history"),
            models.Index(fields=["created_at"], name="activation_history_time"),
        ]

    def __str__(self) -> str:
        return f"{self.activation_id} {self.get_state_display()}"
