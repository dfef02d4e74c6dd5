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
    the hash would be another one.
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
        ordering = ["-sequence"]
        verbose_name = _("change")
        verbose_name_plural = _("audit log")
        default_permissions = ("view",)
        permissions = [("export_auditrecord", _("Can export the audit log"))]
        indexes = [
            models.Index(fields=["-at"], name="audit_record_time"),
            models.Index(fields=["object_id", "-sequence"], name="audit_record_object"),
            models.Index(fields=["object_type", "-sequence"], name="audit_record_type"),
            models.Index(fields=["actor_id", "-sequence"], name="audit_record_actor"),
            models.Index(fields=["actor_name", "-sequence"], name="audit_record_name"),
            models.Index(fields=["action", "-sequence"], name="audit_record_action"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


leave_open(AuditRecord, "hash", "previous_hash")  # they are there to be noted down elsewhere


class AuditHead(models.Model):
    """The end of the chain, in one row: who appends locks it, and it tells of a cut-off tail."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=HASH_LENGTH, default="", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.sequence)
