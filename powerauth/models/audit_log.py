"""The log of what admins and integrations changed: integration-api.md 6.5.

Triggers of the database refuse to change or remove what is here; see the migration that made it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from powerauth.models.application import ID_LENGTH
from powerauth.models.secrecy import leave_open

HASH_LENGTH = 64  # hexadecimal digits of SHA-256
CORRELATION_LENGTH = 1024  # characters, integration-api.md 1.4


class ActorKind(models.TextChoices):
    """Who can change something besides the phones."""

    ADMIN = "ADMIN", _("admin")
    INTEGRATION = "INTEGRATION", _("integration")
    UNKNOWN = "UNKNOWN", _("back end without credentials")
    SYSTEM = "SYSTEM", _("operator of the server")


class AuditRecord(models.Model):
    """One change. `before` and `after` are canonical JSON of the members that differ.

    They are texts, because a database that reads JSON writes it back in another form, of which
    the hash would be another one. The number names the chain; see `engine.audit.chains`.
    """

    sequence = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"))
    actor_kind = models.CharField(_("kind of actor"), max_length=16, choices=ActorKind)
    actor_id = models.CharField(_("identifier of the actor"), max_length=ID_LENGTH, default="")
    actor_name = models.CharField(_("actor"), max_length=ID_LENGTH, default="")
    on_behalf_of = models.CharField(_("on behalf of"), max_length=ID_LENGTH, default="")
    action = models.CharField(_("action"), max_length=128)
    object_type = models.CharField(_("type of object"), max_length=64)
    object_id = models.CharField(_("identifier of the object"), max_length=ID_LENGTH, default="")
    before = models.TextField(_("before"))
    after = models.TextField(_("after"))
    outcome = models.CharField(_("outcome"), max_length=32)
    correlation_id = models.CharField(
        _("correlation"), max_length=CORRELATION_LENGTH, default="", blank=True
    )
    previous_hash = models.CharField(_("hash of the previous record"), max_length=HASH_LENGTH)
    hash = models.CharField(_("hash"), max_length=HASH_LENGTH)

    class Meta:
        ordering = ["-at", "-sequence"]
        verbose_name = _("change")
        verbose_name_plural = _("audit log")
        default_permissions = ("view",)
        permissions = [("export_auditrecord", _("Can export the audit log"))]
        indexes = [
            models.Index(fields=["-at", "-sequence"], name="audit_record_time"),
            models.Index(fields=["object_id", "-at", "-sequence"], name="audit_record_object"),
            models.Index(fields=["object_type", "-at", "-sequence"], name="audit_record_type"),
            models.Index(fields=["actor_id", "-at", "-sequence"], name="audit_record_actor"),
            models.Index(fields=["actor_name", "-at", "-sequence"], name="audit_record_name"),
            models.Index(fields=["action", "-at", "-sequence"], name="audit_record_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


leave_open(AuditRecord, "hash", "previous_hash")  # they are there to be noted down elsewhere


class AuditHead(models.Model):
    """The end of one chain: who appends to it locks it, and it tells of a cut-off tail.

    A trigger of the database moves it with each record, and refuses a record that does not follow.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=HASH_LENGTH, default="", blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.sequence)


class AuditTie(models.Model):
    """Where all chains were at one time; each tie has the hash of the one before it.

    `heads` is canonical JSON: the number and the hash of the last record of each used chain.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    heads = models.TextField()
    previous_hash = models.CharField(max_length=HASH_LENGTH)
    hash = models.CharField(max_length=HASH_LENGTH)

    class Meta:
        ordering = ["-number"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)


leave_open(AuditTie, "hash", "previous_hash")
