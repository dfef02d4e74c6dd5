from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('powerauth', '0005_audit'),
    ]

    operations = [
        migrations.AddField(
            model_name='signatureaudit',
            name='application_key',
            field=models.CharField(blank=True, default='', max_length=24, verbose_name='application key'),
        ),
    ]
