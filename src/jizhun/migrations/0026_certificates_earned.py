"""An examination may earn a certificate, and a sitting may refresh one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0025_population'),
    ]

    operations = [
        migrations.AddField(
            model_name='exam',
            name='qualification',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exams', to='jizhun.qualificationversion'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='refreshes',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='jizhun.certificate'),
        ),
    ]
