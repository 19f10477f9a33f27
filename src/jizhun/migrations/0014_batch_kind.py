"""Batches of steps beside those of case records."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0013_guides_stay_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='kind',
            field=models.CharField(choices=[('cases', 'case records'), ('steps', 'steps of cases')], default='cases', max_length=8),
        ),
    ]
