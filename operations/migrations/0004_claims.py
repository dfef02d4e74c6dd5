from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0003_offline_approval")]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="claimed_at",
            field=models.DateTimeField(null=True, verbose_name="claimed"),
        ),
    ]
