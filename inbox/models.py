"""The rows of the embedded inbox: push-and-inbox.md 10.1."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

ID_LENGTH = 255  # characters of an identifier that a back end chooses
LINE_LENGTH = 255  # characters of a subject or summary
BODY_LENGTH = 65536  # characters


class MessageType(models.TextChoices):
    """How an app shows the body; apps know these two words, in lower case."""

    TEXT = "text", _("plain text")
    HTML = "html", _("HTML")


class InboxMessageQuerySet(models.QuerySet["InboxMessage"]):
    """Selections of messages."""

    def visible_to(self, user_id: str, *application_ids: str) -> Self:
        """Keep the messages of a user that are assigned to at least one of some applications."""
        link = InboxMessageApplication.objects.filter(
            message=OuterRef("pk"), application_id__in=application_ids
        )
        return self.filter(Exists(link), user_id=user_id)

    def unread(self) -> Self:
        return self.filter(read=False)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class InboxMessage(models.Model):
    """Something that the bank wrote to a user; one read state for all its applications."""

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4, editable=False)
    user_id = models.CharField(_("user"), max_length=ID_LENGTH)
    type = models.CharField(_("type"), max_length=8, choices=MessageType, default=MessageType.TEXT)
    subject = models.CharField(_("subject"), max_length=LINE_LENGTH)
    summary = models.CharField(_("summary"), max_length=LINE_LENGTH)
    body = models.TextField(_("body"), max_length=BODY_LENGTH)
    read = models.BooleanField(_("read"), default=False)
    read_at = models.DateTimeField(_("time of reading"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = InboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [
            ("write_html_inboxmessage", _("Can write messages whose body is HTML")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="inbox_message_time"),
            # A page of the list, in its order.
            models.Index(fields=["user_id", "-created_at", "-id"], name="inbox_message_user"),
            # What is unread, to count, to list and to mark: few rows, whatever the history holds.
            models.Index(
                fields=["user_id", "-created_at", "-id"],
                name="inbox_message_user_unread",
                condition=Q(read=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(read=False, read_at__isnull=True) | Q(read=True, read_at__isnull=False),
                name="inbox_message_read_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class InboxMessageApplication(models.Model):
    """An application that shows a message."""

    message = models.ForeignKey(
        InboxMessage,
        models.CASCADE,
        related_name="applications",
        db_index=False,
        verbose_name=_("message"),
    )
    application_id = models.CharField(_("application"), max_length=ID_LENGTH)

    class Meta:
        ordering = ["id"]
        verbose_name = _("application of a message")
        verbose_name_plural = _("applications of messages")
        constraints = [
            # Its index finds the applications of a message, too.
            models.UniqueConstraint(
                fields=["message", "application_id"], name="inbox_message_application_unique"
            )
        ]

    def __str__(self) -> str:
        return self.application_id
