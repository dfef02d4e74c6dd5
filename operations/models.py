"""Operations and their templates: integration-api.md 12 and 13, mobile-token-api.md 5.1."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Self

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from operations import policy
from operations.screen.form_data import TemplateTexts
from operations.template_checks import form_template, operation_template, push_texts
from operations.template_checks.parameters import KnownNames, names_in_data, uses
from powerauth.models.exact_json import ExactJSONField
from powerauth.models.secrecy import keep_secret

ID_LENGTH = 255  # characters of an identifier that a back end chooses


class OperationStatus(models.TextChoices):
    """The states of an operation: integration-api.md 13.2."""

    PENDING = "PENDING", _("pending")
    APPROVED = "APPROVED", _("approved")
    REJECTED = "REJECTED", _("rejected")
    CANCELED = "CANCELED", _("canceled")
    EXPIRED = "EXPIRED", _("expired")
    FAILED = "FAILED", _("failed")


class OperationTemplate(models.Model):
    """What the engine makes an operation from: integration-api.md 12."""

    template_name = models.CharField(_("name"), max_length=255, unique=True)
    operation_type = models.CharField(_("operation type"), max_length=255)
    data_template = models.CharField(_("data template"), max_length=255)
    signature_types = models.JSONField(_("allowed signature types"))
    max_failure_count = models.PositiveIntegerField(_("maximum of failures"))
    expiration_s = models.PositiveIntegerField(_("validity in seconds"))
    risk_flags = models.CharField(_("risk flags"), max_length=255, default="", blank=True)
    proximity_check_enabled = models.BooleanField(_("proximity check"), default=False)
    rings = models.BooleanField(_("phones ring"), default=False, db_default=False)
    # By language, an object of `title` and `body`; without any, phones show a general text.
    push_texts = models.JSONField(_("push texts"), default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("operation template")
        verbose_name_plural = _("operation templates")

    def __str__(self) -> str:
        return self.template_name

    def clean(self) -> None:
        """Refuse data that no phone could be asked to sign for what it shows.

        And texts that no phone could show when it rings.
        """
        others = OperationTemplate.objects.filter(operation_type=self.operation_type)
        rows = others.exclude(pk=self.pk).values_list("data_template", flat=True)
        forms = FormTemplate.objects.filter(placeholder=self.operation_type)
        shown = [(str(form), form.texts()) for form in forms]
        unsigned = policy.unsigned_parameters()
        known = KnownNames(
            signed=names_in_data([self.data_template]),
            elsewhere=frozenset(use.name for _name, texts in shown for use in uses(texts)),
            unsigned=unsigned,
        )
        found = {
            "data_template": [
                *operation_template.data_problems(self.data_template),
                *operation_template.unsigned_problems(
                    [self.data_template, *rows], shown, unsigned=unsigned
                ),
            ],
            "push_texts": list(push_texts.problems(self.push_texts, known)),
        }
        if any(found.values()):
            raise ValidationError({member: texts for member, texts in found.items() if texts})


class FormTemplate(models.Model):
    """What a phone shows of an operation type in one language: mobile-token-api.md 5.1.

    The JSON members are kept as text, because a placeholder may stand outside of quotes.
    """

    placeholder = models.CharField(_("operation type"), max_length=255)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=255)
    message = models.TextField(_("message"))
    attributes = models.TextField(_("attributes"), default="", blank=True)
    ui = models.TextField(_("user interface"), default="", blank=True)
    result_texts = models.TextField(_("result texts"), default="", blank=True)

    class Meta:
        ordering = ["placeholder", "language"]
        verbose_name = _("form template")
        verbose_name_plural = _("form templates")
        constraints = [
            models.UniqueConstraint(fields=["placeholder", "language"], name="form_template_unique")
        ]

    def __str__(self) -> str:
        return f"{self.placeholder} ({self.language})"

    def texts(self) -> TemplateTexts:
        """Give what phones are shown from this row."""
        return TemplateTexts(
            title=self.title,
            message=self.message,
            attributes=self.attributes,
            ui=self.ui,
            result_texts=self.result_texts,
            language=self.language,
        )

    def clean(self) -> None:
        """Refuse what no phone could be shown, or would be shown wrongly.

        Languages are looked up in lower case.
        """
        self.language = self.language.strip().lower()
        self.insist_on_sense(siblings=self.siblings())

    def siblings(self) -> list["FormTemplate"]:
        """List the rows of the same type in other languages."""
        rows = FormTemplate.objects.filter(placeholder=self.placeholder)
        return list(rows.exclude(language=self.language).exclude(pk=self.pk))

    def insist_on_sense(self, *, siblings: Iterable["FormTemplate"]) -> None:
        """Refuse what is wrong with the row beside others of its type.

        Raises:
            ValidationError: what is wrong, by member, each text with its place.
        """
        data = OperationTemplate.objects.filter(operation_type=self.placeholder)
        known = KnownNames(
            signed=names_in_data(list(data.values_list("data_template", flat=True))),
            elsewhere=frozenset(use.name for row in siblings for use in uses(row.texts())),
            unsigned=policy.unsigned_parameters(),
        )
        found = form_template.problems(self.texts(), known=known, urls=policy.url_rules())
        errors: dict[str, list[str]] = {}
        for problem in found:
            errors.setdefault(problem.member, []).append(problem.text)
        if errors:
            raise ValidationError(errors)


# What phones are shown of a form template: the members of `TemplateTexts`.
FORM_MEMBERS = ("language", "title", "message", "attributes", "ui", "result_texts")


class OperationQuerySet(models.QuerySet["Operation"]):
    """Selections of operations."""

    def of_application(self, application_id: str) -> Self:
        link = OperationApplication.objects.filter(
            operation=OuterRef("pk"), application_id=application_id
        )
        return self.filter(Exists(link))

    def bound_to(self, activation_id: str) -> Self:
        """Keep operations of any activation, and those bound to this one."""
        return self.filter(Q(activation_id="") | Q(activation_id=activation_id))

    def pending(self, *, at: datetime) -> Self:
        return self.filter(status=OperationStatus.PENDING, expires_at__gte=at)

    def with_application_ids(self) -> Self:
        """Add `application_ids`: the applications of the operation, in their order."""
        return self.annotate(
            application_ids=RawSQL(  # noqa: S611  # nosec B611 # made of constants
                _applications_lookup(connection.vendor), [], output_field=models.JSONField()
            )
        )

    def with_form(self, *, language: str, default_language: str) -> Self:
        """Add `form`: the best form template as JSON, its text; None if the type has none.

        The asked language wins, then the default one, then the lowest id (mobile-token-api.md
        5.1); one statement fetches operations and templates together.
        """
        return self._annotated(_form_lookup(connection.vendor), language, default_language)

    def newest_first_with_forms(self, *, language: str, default_language: str) -> Self:
        """Sort, and add `form` to each row whose type is not that of the row before it.

        To write the texts for each row would be most of the work of a long list.
        """
        lookup = _form_lookup(connection.vendor)
        rows = self._annotated(_where_type_changes(lookup), language, default_language)
        return rows.order_by("-created_at", "id")

    def _annotated(self, lookup: str, *languages: str) -> Self:
        form = RawSQL(  # noqa: S611  # nosec B611 # made of constants
            lookup, languages, output_field=models.TextField()
        )
        return self.annotate(form=form)


@cache
def _applications_lookup(vendor: str) -> str:
    aggregate = "JSONB_AGG" if vendor == "postgresql" else "JSON_GROUP_ARRAY"
    links = OperationApplication._meta.db_table
    return (
        f"SELECT {aggregate}(link.application_id) FROM "  # noqa: S608  # nosec B608 # of constants
        f"(SELECT application_id FROM {links} "
        f"WHERE operation_id = {Operation._meta.db_table}.id ORDER BY id) link"
    )


@cache
def _form_lookup(vendor: str) -> str:
    """Write the subquery that gives the best form template of an operation as JSON.

    Phones list their operations every few seconds, and building this by the ORM each time took
    half of the time of the list. It reads the operation under the name of its table. The choice is
    a query of its own: otherwise, PostgreSQL writes the JSON of every language before it sorts.
    """
    build = "JSONB_BUILD_OBJECT" if vendor == "postgresql" else "JSON_OBJECT"
    table = FormTemplate._meta.db_table
    members = ", ".join(f"'{name}', form.{name}" for name in FORM_MEMBERS)
    return (
        f"SELECT {build}({members}) FROM {table} form WHERE form.id = ("  # noqa: S608  # nosec B608 # constants
        f"SELECT choice.id FROM {table} choice "
        f"WHERE choice.placeholder = {Operation._meta.db_table}.operation_type ORDER BY "
        "CASE choice.language WHEN %s THEN 0 WHEN %s THEN 1 ELSE 2 END, choice.id LIMIT 1)"
    )


def _where_type_changes(lookup: str) -> str:
    table = Operation._meta.db_table
    before = f"LAG({table}.operation_type) OVER (ORDER BY {table}.created_at DESC, {table}.id)"
    return f"CASE {before} WHEN {table}.operation_type THEN NULL ELSE ({lookup}) END"


class Operation(models.Model):
    """Something that a user is asked to approve."""

    id = models.UUIDField(_("identifier"), primary_key=True, default=uuid.uuid4)
    user_id = models.CharField(_("user"), max_length=ID_LENGTH, default="")
    activation_id = models.CharField(_("bound to activation"), max_length=37, default="")
    activation_flag = models.CharField(_("required activation flag"), max_length=255, default="")
    operation_type = models.CharField(_("type"), max_length=255)
    template_name = models.CharField(_("template"), max_length=255)
    data = models.TextField(_("data"))
    parameters = models.JSONField(_("parameters"), default=dict)
    additional_data = ExactJSONField(_("additional data"), default=dict)
    status = models.CharField(
        _("status"), max_length=16, choices=OperationStatus, default=OperationStatus.PENDING
    )
    status_reason = models.CharField(_("reason of status"), max_length=32, default="")
    signature_types = models.JSONField(_("allowed signature types"))
    failure_count = models.PositiveIntegerField(_("failures"), default=0)
    max_failure_count = models.PositiveIntegerField(_("maximum of failures"))
    risk_flags = models.CharField(_("risk flags"), max_length=255, default="")
    proximity_seed = models.BinaryField(_("proximity seed record"), default=b"")
    offline_nonce = models.CharField(_("nonce of offline approval"), max_length=24, default="")
    external_id = models.CharField(_("external identifier"), max_length=255, default="")
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    finalized_at = models.DateTimeField(_("finalized"), null=True)
    # Set while a user has the operation who took it over; whoever it was made for has no such time.
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    # Whether phones were told that it waits, and so have to be told that it does no more.
    announced = models.BooleanField(_("announced"), default=False, db_default=False)

    # Whoever makes or changes an operation has these, and so tells their back ends of it.
    application_ids: list[str] | None

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        permissions = [
            ("cancel_operation", _("Can cancel operations")),
            ("approve_operation_offline", _("Can show QR codes and take approvals offline")),
        ]
        # Each costs every new operation some microseconds, and every decision as many: one that
        # changes a column of any index writes to all of them that hold the row.
        indexes = [
            # The list of the back office with its filters, the dashboard, and what is old.
            models.Index(
                fields=["-created_at", "-id", "status", "operation_type"], name="operation_listed"
            ),
            models.Index(
                fields=["finalized_at", "status"],
                name="operation_finalized",
                condition=Q(finalized_at__isnull=False),
            ),
            # History of a user; and what waits for them, few rows whatever the history holds.
            models.Index(fields=["user_id", "-created_at", "id"], name="operation_user"),
            models.Index(
                fields=["user_id", "-created_at", "id"],
                name="operation_user_pending",
                condition=Q(status="PENDING"),
            ),
            models.Index(
                fields=["expires_at"], name="operation_expiry", condition=Q(status="PENDING")
            ),
            # Many banks give no operation such an identifier.
            models.Index(
                fields=["external_id"],
                name="operation_external_given",
                condition=~Q(external_id=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def known_application_ids(self) -> list[str]:
        """Give its applications in their order, and read them only if nobody has done so."""
        if "application_ids" in self.__dict__:
            return self.application_ids or []
        return [link.application_id for link in self.applications.all()]

    def status_at(self, at: datetime) -> OperationStatus:
        """Give the status as of `at`: a pending operation past its time is expired."""
        status = OperationStatus(self.status)
        if status is OperationStatus.PENDING and self.expires_at < at:
            return OperationStatus.EXPIRED
        return status


# Additional data may hold the code of a proximity check, which a page leaves out.
keep_secret(Operation, "additional_data", "proximity_seed", "offline_nonce")


class OperationApplication(models.Model):
    """An application whose users may decide about an operation."""

    operation = models.ForeignKey(
        Operation,
        models.CASCADE,
        related_name="applications",
        db_index=False,
        verbose_name=_("operation"),
    )
    application_id = models.CharField(_("application"), max_length=ID_LENGTH)

    class Meta:
        ordering = ["id"]
        verbose_name = _("application of an operation")
        verbose_name_plural = _("applications of operations")
        constraints = [
            # Its index finds the applications of an operation, too.
            models.UniqueConstraint(
                fields=["operation", "application_id"], name="operation_application_unique"
            )
        ]

    def __str__(self) -> str:
        return self.application_id
