"""Plans of places under the national one, facts from outside, adjustments of the list: no UPDATE, no DELETE."""

import django.db.models.deletion
from django.db import migrations, models

from ._said import stays


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0027_collaboration'),
    ]

    operations = [
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('item', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=16)),
                ('beyond', models.BooleanField()),
                ('text_zh', models.TextField()),
                ('text_en', models.TextField(blank=True)),
                ('edition', models.CharField(blank=True, max_length=64)),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=64)),
                ('region', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='AdjustmentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('verdict', models.CharField(max_length=16)),
                ('text', models.TextField()),
                ('evidence', models.JSONField()),
                ('seen', models.CharField(blank=True, max_length=64)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('adjustment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.adjustment')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='OutsideFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=64)),
                ('measure', models.CharField(max_length=64)),
                ('region', models.CharField(max_length=64)),
                ('on', models.DateField()),
                ('value', models.FloatField()),
                ('source_zh', models.TextField()),
                ('source_en', models.TextField(blank=True)),
                ('evidence', models.JSONField()),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('on', 'pk'),
                'indexes': [models.Index(fields=['plan', 'measure', 'region'], name='fact_of_measure')],
            },
        ),
        migrations.CreateModel(
            name='OwnPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=64)),
                ('region', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('reason', models.TextField()),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
                'indexes': [models.Index(fields=['plan', 'region'], name='own_plan_of_place')],
            },
        ),
        stays('jizhun_planversion', 'jizhun_ownplan', 'jizhun_outsidefact', 'jizhun_adjustment',
              'jizhun_adjustmentstep'),
    ]
