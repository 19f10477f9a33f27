"""Batches that are cancelled or begun anew, and months of cases that leave the lake after notice."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0017_attainment'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='path',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='batch',
            name='stop_asked',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='batch',
            name='state',
            field=models.CharField(choices=[('running', 'running'), ('loaded', 'loaded'), ('refused', 'refused'), ('interrupted', 'interrupted'), ('removed', 'removed'), ('cancelled', 'cancelled')], default='running', max_length=12),
        ),
        migrations.CreateModel(
            name='Retirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_month', models.PositiveIntegerField()),
                ('cases', models.PositiveBigIntegerField()),
                ('announced_at', models.DateTimeField(auto_now_add=True)),
                ('due_on', models.DateField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('gone', models.PositiveBigIntegerField(default=0)),
                ('called_off_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.CharField(max_length=150)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retirements', to='jizhun.source')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
    ]
