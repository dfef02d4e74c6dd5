"""Which activation another one follows from; added beside a running server, without a rewrite."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('powerauth', '0013_activations_by_suite'),
    ]

    operations = [
        migrations.AddField(
            model_name='activation',
            name='parent_activation_id',
            field=models.UUIDField(null=True, verbose_name='origin'),
        ),
        migrations.AddField(
            model_name='activation',
            name='transfer_type',
            field=models.CharField(blank=True, choices=[('SPAWN', 'beside its origin'), ('MOVE', 'in place of its origin')], db_default='', default='', max_length=8, verbose_name='relation to its origin'),
        ),
    ]
