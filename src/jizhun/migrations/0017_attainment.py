"""Attainment, conduct evidence and outside assessment; what was said of them stays said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("jizhun_sheetedition", "jizhun_round", "jizhun_draw", "jizhun_assessed", "jizhun_computation",
          "jizhun_roundresults", "jizhun_conductrecord", "jizhun_conductpoint", "jizhun_conductact",
          "jizhun_casereview", "jizhun_reviewedcase", "jizhun_judgement", "jizhun_survey", "jizhun_surveyfile",
          "jizhun_surveyreturn")
ACTS = ("update", "delete")
first = import_module("jizhun.migrations.0002_append_only")


def forbid(apps: Any, editor: Any) -> None:
    kind = first.POSTGRESQL if editor.connection.vendor == "postgresql" else first.SQLITE
    for table in TABLES:
        for act in ACTS:
            editor.execute(kind.format(table=table, act=act))


def allow(apps: Any, editor: Any) -> None:
    on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
    for table in TABLES:
        for act in ACTS:
            editor.execute(f"DROP TRIGGER {table}_no_{act}" + on.format(table=table))


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0016_findings_and_editions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('source', models.CharField(max_length=64)),
                ('matter', models.CharField(blank=True, max_length=64)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('as_of', models.DateField()),
                ('wanted', models.PositiveIntegerField()),
                ('seed', models.CharField(max_length=64)),
                ('strata', models.JSONField(help_text='[place, matter, verdict, cases, drawn] of each stratum')),
                ('lake_version', models.BigIntegerField()),
                ('limits_hash', models.CharField(max_length=64)),
                ('sql', models.TextField()),
                ('simulated', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='ConductPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('due', models.DateField(null=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='ConductRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('matter', models.CharField(blank=True, max_length=64)),
                ('on', models.DateField()),
                ('who', models.CharField(max_length=200)),
                ('where', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField()),
                ('seen', models.JSONField(default=list)),
                ('evidence', models.JSONField(default=list)),
                ('simulated', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('-on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('source', models.CharField(blank=True, max_length=64)),
                ('opens', models.DateField()),
                ('self_until', models.DateField()),
                ('check_until', models.DateField()),
                ('sample_until', models.DateField()),
                ('simulated', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.AlterField(
            model_name='grant',
            name='role',
            field=models.CharField(choices=[('national_editor', 'National editor'), ('provincial_editor', 'Provincial editor'), ('county_editor', 'City or county editor'), ('clerk', 'Window clerk'), ('reviewer', 'Reviewer'), ('statistician', 'Statistician'), ('standards_officer', 'Standards officer'), ('market_regulator', 'Market regulator (standards)'), ('committee_member', 'Member of a technical committee'), ('assessor', 'Outside assessor'), ('trainer', 'Trainer'), ('reader', 'Reader')], max_length=40),
        ),
        migrations.CreateModel(
            name='ConductAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('text', models.TextField()),
                ('evidence', models.JSONField(default=list)),
                ('due', models.DateField(null=True)),
                ('on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='jizhun.conductpoint')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddField(
            model_name='conductpoint',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='jizhun.conductrecord'),
        ),
        migrations.CreateModel(
            name='ReviewedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('case_key', models.CharField(max_length=200)),
                ('place', models.CharField(max_length=64)),
                ('matter', models.CharField(max_length=64)),
                ('verdict', models.CharField(max_length=16)),
                ('weight', models.FloatField(help_text='how many cases of its stratum it stands for')),
                ('facts', models.JSONField()),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawn', to='jizhun.casereview')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='jizhun.reviewedcase')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='RoundResults',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('results', models.JSONField()),
                ('on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='jizhun.round')),
            ],
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(max_length=64)),
                ('frame', models.CharField(help_text='digest of the sorted codes', max_length=64)),
                ('sizes', models.JSONField()),
                ('chosen', models.JSONField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='jizhun.round')),
            ],
        ),
        migrations.CreateModel(
            name='Computation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField()),
                ('made_from', models.JSONField()),
                ('on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='computations', to='jizhun.round')),
            ],
        ),
        migrations.CreateModel(
            name='Assessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=64)),
                ('item', models.CharField(max_length=64)),
                ('voice', models.CharField(max_length=8)),
                ('value', models.CharField(max_length=32)),
                ('agrees', models.BooleanField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('evidence', models.JSONField(default=list)),
                ('on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='said', to='jizhun.round')),
            ],
        ),
        migrations.CreateModel(
            name='SheetEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('code', models.CharField(max_length=64)),
                ('edition', models.CharField(max_length=32)),
                ('content', models.JSONField()),
                ('hash', models.CharField(max_length=64)),
                ('owner', models.CharField(max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'code', 'edition'), name='sheet_edition_once')],
            },
        ),
        migrations.AddField(
            model_name='round',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.sheetedition'),
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('who', models.CharField(max_length=200)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('invited', models.PositiveIntegerField()),
                ('simulated', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.sheetedition')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='SurveyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('hash', models.CharField(max_length=64)),
                ('rows', models.PositiveIntegerField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='jizhun.survey')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=64)),
                ('place', models.CharField(max_length=64)),
                ('answers', models.JSONField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.surveyfile')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='jizhun.survey')),
            ],
        ),
        migrations.AddConstraint(
            model_name='conductpoint',
            constraint=models.UniqueConstraint(fields=('record', 'number'), name='point_once_a_record'),
        ),
        migrations.AddConstraint(
            model_name='reviewedcase',
            constraint=models.UniqueConstraint(fields=('review', 'number'), name='case_once_a_review'),
        ),
        migrations.AddConstraint(
            model_name='roundresults',
            constraint=models.UniqueConstraint(fields=('round',), name='published_once'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(fields=('round',), name='one_draw_a_round'),
        ),
        migrations.AddIndex(
            model_name='assessed',
            index=models.Index(fields=['round', 'place', 'item'], name='assessed_by_item'),
        ),
        migrations.AddConstraint(
            model_name='surveyfile',
            constraint=models.UniqueConstraint(fields=('survey', 'hash'), name='survey_file_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyreturn',
            constraint=models.UniqueConstraint(fields=('survey', 'number'), name='return_once_a_survey'),
        ),
        migrations.RunPython(forbid, allow),
    ]
