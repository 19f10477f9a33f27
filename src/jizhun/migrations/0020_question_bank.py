"""The question bank; questions, their versions and what became of them stay said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("jizhun_question", "jizhun_questionversion", "jizhun_questionstep")
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
        ('jizhun', '0019_report'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('matter', models.CharField(blank=True, db_index=True, max_length=64)),
                ('topic', models.CharField(db_index=True, help_text='what a blueprint asks for: limits, steps, …', max_length=64)),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='QuestionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('single', 'Single choice'), ('multiple', 'Multiple choice'), ('true_false', 'True or false'), ('numeric', 'Number'), ('ordering', 'Ordering'), ('matching', 'Matching'), ('short_text', 'Short text'), ('case', 'Case')], max_length=16)),
                ('content', models.JSONField()),
                ('sources', models.JSONField(default=list)),
                ('drafted_by', models.CharField(blank=True, max_length=64)),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='jizhun.question')),
            ],
            options={
                'ordering': ('question', '-number'),
            },
        ),
        migrations.CreateModel(
            name='QuestionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.questionversion')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='questionversion',
            constraint=models.UniqueConstraint(fields=('question', 'number'), name='question_version_once'),
        ),
        migrations.RunPython(forbid, allow),
    ]
