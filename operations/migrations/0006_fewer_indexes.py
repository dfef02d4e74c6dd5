"""Three indexes of the back office become one, and two hold fewer rows or are gone.

Nobody waits: on PostgreSQL, indexes are made and removed while others read and write. It can be run
again if it was interrupted. New indexes come first, so that every query has one at every moment.
"""

import django.db.models.deletion
from django.db import migrations, models

from enrollment_server.database.online_indexes import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("operations", "0005_titles_of_relations")]

    operations = [
        AddIndexOnline(
            model_name="operation",
            index=models.Index(
                fields=["-created_at", "-id", "status", "operation_type"], name="operation_listed"
            ),
        ),
        AddIndexOnline(
            model_name="operation",
            index=models.Index(
                fields=["external_id"],
                name="operation_external_given",
                condition=models.Q(("external_id", ""), _negated=True),
            ),
        ),
        RemoveIndexOnline(model_name="operation", name="operation_external"),
        RemoveIndexOnline(model_name="operation", name="operation_time"),
        RemoveIndexOnline(model_name="operation", name="operation_status"),
        RemoveIndexOnline(model_name="operation", name="operation_type"),
        migrations.AlterField(
            model_name="operationapplication",
            name="operation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="applications",
                to="operations.operation",
                verbose_name="operation",
            ),
        ),
    ]
