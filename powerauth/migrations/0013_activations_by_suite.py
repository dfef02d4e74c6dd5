"""Indexes for the list of activations by their suite, and by what their phones have to confirm.

Nobody waits: on PostgreSQL they are made while others read and write. It can be run again if it was
interrupted.
"""

from django.db import migrations, models

from enrollment_server.database.online_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("powerauth", "0012_generations")]

    operations = [
        AddIndexOnline(
            model_name="activation",
            index=models.Index(fields=["algorithm", "-created_at", "-id"], name="activation_suite"),
        ),
        AddIndexOnline(
            model_name="activation",
            index=models.Index(
                fields=["-created_at", "-id"],
                name="activation_unconfirmed",
                condition=models.Q(
                    models.Q(("state", 5), _negated=True),
                    models.Q(
                        ("confirmation_pending", True),
                        models.Q(("pending_suite", ""), _negated=True),
                        _connector="OR",
                    ),
                ),
            ),
        ),
    ]
