"""Examinations and sittings; what was decided of them stays said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("jizhun_blueprint", "jizhun_blueprintversion", "jizhun_exam", "jizhun_accommodation", "jizhun_sittingnote",
          "jizhun_marking", "jizhun_appeal", "jizhun_appealdecision")
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
        ('jizhun', '0021_errands_and_feeds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Blueprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='jizhun.questionversion')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='AppealDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('correction', models.CharField(blank=True, max_length=16)),
                ('right', models.JSONField(null=True)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('appeal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='jizhun.appeal')),
            ],
        ),
        migrations.CreateModel(
            name='BlueprintVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='jizhun.blueprint')),
            ],
            options={
                'ordering': ('blueprint', '-number'),
            },
        ),
        migrations.CreateModel(
            name='Exam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('practice', 'Practice'), ('examination', 'Examination')], max_length=16)),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('opens', models.DateTimeField()),
                ('closes', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=1)),
                ('ceiling', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.organisation')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exams', to='jizhun.blueprintversion')),
            ],
            options={
                'ordering': ('-opens', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Accommodation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150)),
                ('extra', models.PositiveIntegerField(default=0, help_text='percent of the time of everybody')),
                ('breaks', models.PositiveIntegerField(default=0, help_text='minutes')),
                ('large', models.BooleanField(default=False)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accommodations', to='jizhun.exam')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Experience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shown', models.PositiveIntegerField(default=0)),
                ('marked', models.PositiveIntegerField(default=0)),
                ('earned', models.BigIntegerField(default=0)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='experience', to='jizhun.questionversion')),
            ],
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(db_index=True, max_length=150)),
                ('region', models.CharField(help_text='the place of the role by which the person sits', max_length=64)),
                ('attempt', models.PositiveIntegerField()),
                ('seed', models.CharField(max_length=64)),
                ('form', models.JSONField()),
                ('shuffle', models.BooleanField()),
                ('begun_at', models.DateTimeField()),
                ('seconds', models.PositiveIntegerField()),
                ('breaks', models.PositiveIntegerField(default=0, help_text='seconds')),
                ('large', models.BooleanField(default=False)),
                ('rested', models.PositiveIntegerField(default=0, help_text='seconds of breaks that are over')),
                ('paused_at', models.DateTimeField(null=True)),
                ('place', models.PositiveIntegerField(default=1)),
                ('browser', models.CharField(blank=True, max_length=32)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(db_index=True, help_text='when it was marked', null=True)),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='jizhun.exam')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.organisation')),
            ],
            options={
                'ordering': ('-begun_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='SavedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('order', models.BigIntegerField()),
                ('answer', models.JSONField()),
                ('at', models.DateTimeField()),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='jizhun.sitting')),
            ],
        ),
        migrations.CreateModel(
            name='Marking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('points', models.PositiveIntegerField()),
                ('worth', models.PositiveIntegerField()),
                ('passed', models.BooleanField()),
                ('sections', models.JSONField(default=dict)),
                ('rows', models.JSONField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('appeal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='markings', to='jizhun.appeal')),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='markings', to='jizhun.sitting')),
            ],
            options={
                'ordering': ('sitting', 'number'),
            },
        ),
        migrations.AddField(
            model_name='appeal',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='jizhun.sitting'),
        ),
        migrations.CreateModel(
            name='SittingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='jizhun.sitting')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='blueprintversion',
            constraint=models.UniqueConstraint(fields=('blueprint', 'number'), name='blueprint_version_once'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.UniqueConstraint(fields=('exam', 'username', 'attempt'), name='sitting_once'),
        ),
        migrations.AddConstraint(
            model_name='savedanswer',
            constraint=models.UniqueConstraint(fields=('sitting', 'number'), name='saved_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='marking',
            constraint=models.UniqueConstraint(fields=('sitting', 'number'), name='marking_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(fields=('sitting', 'number'), name='appeal_once'),
        ),
        migrations.RunPython(forbid, allow),
    ]
