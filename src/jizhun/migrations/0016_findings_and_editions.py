"""Findings with their way to the end, publications with their editions: what was said stays as it was said."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("jizhun_finding", "jizhun_findingstep", "jizhun_remeasurement", "jizhun_publication", "jizhun_proposal",
          "jizhun_proposalreturn", "jizhun_publishededition")
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
        ('jizhun', '0015_ratings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('reason_zh', models.TextField(blank=True)),
                ('reason_en', models.TextField(blank=True)),
                ('as_of', models.DateField()),
                ('maker', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(max_length=200)),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('source', models.CharField(max_length=64)),
                ('simulated', models.BooleanField()),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('down', models.CharField(max_length=16)),
                ('across', models.CharField(blank=True, max_length=16)),
                ('indices', models.JSONField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pattern', models.CharField(max_length=64)),
                ('index', models.CharField(max_length=64)),
                ('subject', models.CharField(blank=True, max_length=64)),
                ('region', models.CharField(help_text='region code: the responsible place', max_length=64)),
                ('source', models.CharField(max_length=64)),
                ('simulated', models.BooleanField()),
                ('round', models.PositiveIntegerField()),
                ('body_zh', models.CharField(max_length=200)),
                ('body_en', models.CharField(max_length=200)),
                ('sentence_zh', models.TextField()),
                ('sentence_en', models.TextField()),
                ('rule', models.JSONField(help_text='threshold, smallest, days: the rule as it was then')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('as_of', models.DateField()),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('opened_on', models.DateField()),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('forerunner', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='jizhun.finding')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.run')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FindingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('act', models.CharField(max_length=16)),
                ('state', models.CharField(max_length=16)),
                ('answer_by', models.DateField()),
                ('rectify_by', models.DateField()),
                ('cause', models.CharField(blank=True, max_length=16)),
                ('why', models.TextField(blank=True)),
                ('measures', models.TextField(blank=True)),
                ('responsible', models.CharField(blank=True, max_length=2000)),
                ('done_by', models.DateField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.finding')),
            ],
            options={
                'ordering': ('finding', 'number'),
            },
        ),
        migrations.CreateModel(
            name='ProposalReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='jizhun.proposal')),
            ],
        ),
        migrations.AddField(
            model_name='proposal',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='jizhun.publication'),
        ),
        migrations.CreateModel(
            name='PublishedEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content_hash', models.CharField(max_length=64)),
                ('reviewer', models.CharField(max_length=150)),
                ('published_at', models.DateTimeField(auto_now_add=True)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='edition', to='jizhun.proposal')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='jizhun.publication')),
            ],
            options={
                'ordering': ('publication', '-number'),
            },
        ),
        migrations.CreateModel(
            name='Remeasurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('verdict', models.CharField(max_length=8)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.run')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='remeasurement', to='jizhun.findingstep')),
            ],
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('pattern', 'subject', 'region', 'source', 'round'), name='finding_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='findingstep',
            constraint=models.UniqueConstraint(fields=('finding', 'number'), name='step_once_per_number'),
        ),
        migrations.AddConstraint(
            model_name='publishededition',
            constraint=models.UniqueConstraint(fields=('publication', 'number'), name='edition_once_per_number'),
        ),
        migrations.RunPython(forbid, allow),
    ]
