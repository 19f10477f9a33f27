"""Pilots: programmes, applications, plans, months, sheets, verdicts, practices; what was said stays said."""

import django.db.models.deletion
from django.db import migrations, models

from ._said import stays


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0028_planning'),
    ]

    operations = [
        migrations.CreateModel(
            name='PilotApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('kind', models.CharField(blank=True, max_length=16)),
                ('theme', models.CharField(blank=True, max_length=200)),
                ('statement', models.JSONField(default=dict)),
                ('places', models.JSONField(default=list)),
                ('on', models.DateField()),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='PilotProgramme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('about_zh', models.TextField(blank=True)),
                ('about_en', models.TextField(blank=True)),
                ('organiser', models.CharField(max_length=64)),
                ('kinds', models.JSONField()),
                ('levels', models.JSONField()),
                ('wanted', models.PositiveIntegerField(default=0)),
                ('assessors', models.PositiveIntegerField(default=2)),
                ('applies_from', models.DateField(null=True)),
                ('applies_until', models.DateField(null=True)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('mid_on', models.DateField(null=True)),
                ('final_on', models.DateField(null=True)),
                ('jobs', models.JSONField()),
                ('principles', models.JSONField(default=list)),
                ('criteria', models.JSONField(default=list)),
                ('sheet', models.CharField(blank=True, max_length=64)),
                ('source_code', models.CharField(blank=True, max_length=64)),
                ('known', models.JSONField(default=dict)),
                ('basis_zh', models.TextField(blank=True)),
                ('basis_en', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='MonthlyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.PositiveIntegerField()),
                ('shares', models.JSONField()),
                ('done', models.TextField(blank=True)),
                ('problems', models.TextField(blank=True)),
                ('coming', models.TextField(blank=True)),
                ('evidence', models.JSONField(default=list)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='jizhun.pilotapplication')),
            ],
            options={
                'ordering': ('month', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='PilotAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=8)),
                ('values', models.JSONField()),
                ('opinion', models.TextField(blank=True)),
                ('advice', models.CharField(max_length=16)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='jizhun.pilotapplication')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.sheetedition')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='PilotInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150)),
                ('region', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='jizhun.pilotprogramme')),
            ],
        ),
        migrations.AddField(
            model_name='pilotapplication',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='jizhun.pilotprogramme'),
        ),
        migrations.CreateModel(
            name='ComparisonChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(max_length=16)),
                ('places', models.JSONField(default=list)),
                ('reason', models.TextField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparisons', to='jizhun.pilotprogramme')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='PilotStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.pilotapplication')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Practice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(max_length=200)),
                ('parts', models.JSONField()),
                ('standard', models.CharField(blank=True, max_length=120)),
                ('matters', models.JSONField(default=list)),
                ('evidence', models.JSONField(default=list)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('simulated', models.BooleanField(default=False)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='jizhun.pilotapplication')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SelectionScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.JSONField()),
                ('opinion', models.TextField(blank=True)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='jizhun.pilotapplication')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='PilotPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('goals', models.TextField()),
                ('tasks', models.JSONField()),
                ('reason', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='jizhun.pilotapplication')),
            ],
            options={
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('application', 'number'), name='pilot_plan_once')],
            },
        ),
        migrations.CreateModel(
            name='PilotVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=8)),
                ('verdict', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('told', models.JSONField()),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='jizhun.pilotapplication')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'stage'), name='pilot_verdict_once')],
            },
        ),
        migrations.CreateModel(
            name='PracticeAdoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('since', models.DateField()),
                ('note', models.TextField(blank=True)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='jizhun.practice')),
            ],
            options={
                'ordering': ('since', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('practice', 'region'), name='practice_adopted_once')],
            },
        ),
        stays('jizhun_pilotprogramme', 'jizhun_pilotapplication', 'jizhun_pilotstep', 'jizhun_pilotinterest',
              'jizhun_selectionscore', 'jizhun_pilotplan', 'jizhun_monthlyreport', 'jizhun_pilotassessment',
              'jizhun_pilotverdict', 'jizhun_comparisonchoice', 'jizhun_practice', 'jizhun_practiceadoption'),
    ]
