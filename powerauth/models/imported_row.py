"""What was taken from the databases of another server: docs/moving-from-wultra.md."""

from django.db import models


class ImportedRow(models.Model):
    """A row of another database that was taken, and the row here that it became.

    The digests are of both rows as they were then: a later import finds out by them what was
    changed there since, and leaves alone what was changed here.
    """

    table = models.CharField(max_length=64)
    row_id = models.CharField(max_length=255)
    target_id = models.CharField(max_length=255)
    digest_there = models.BinaryField()
    digest_here = models.BinaryField()
    imported_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["table", "row_id"], name="imported_row_unique")
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
