"""Courses with what was learned of them, the training ledger, skills contests; all of it stays said."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

TABLES = ("jizhun_course", "jizhun_courseversion", "jizhun_coursestep", "jizhun_unitlearned", "jizhun_trainingevent",
          "jizhun_attendance", "jizhun_contest", "jizhun_contestentry", "jizhun_contestround", "jizhun_contestanswer")
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
        ('jizhun', '0023_certificates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('rhythm', models.CharField(choices=[('daily', 'every day'), ('weekly', 'every week'), ('monthly', 'every month')], max_length=16)),
                ('first', models.DateField()),
                ('rounds', models.PositiveIntegerField()),
                ('questions', models.PositiveIntegerField()),
                ('topic', models.CharField(blank=True, max_length=64)),
                ('seed', models.CharField(max_length=64)),
                ('scoring', models.JSONField()),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('-first', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('role', models.CharField(db_index=True, max_length=40)),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='ContestEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150)),
                ('unit', models.CharField(help_text='region code', max_length=64)),
                ('team', models.CharField(blank=True, max_length=60)),
                ('named', models.BooleanField(default=False)),
                ('takes_part', models.BooleanField(default=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='jizhun.contest')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='ContestRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('versions', models.JSONField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawn', to='jizhun.contest')),
            ],
            options={
                'ordering': ('contest', 'number'),
            },
        ),
        migrations.CreateModel(
            name='ContestAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(db_index=True, max_length=150)),
                ('answer', models.JSONField(null=True)),
                ('mark', models.PositiveIntegerField()),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.questionversion')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='jizhun.contestround')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='CourseVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='jizhun.course')),
            ],
            options={
                'ordering': ('course', '-number'),
            },
        ),
        migrations.CreateModel(
            name='CourseStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.courseversion')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='TrainingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, help_text='region code', max_length=64)),
                ('kind', models.CharField(choices=[('class', 'Class'), ('online', 'Online training'), ('on_site', 'Training at the counter'), ('drill', 'Drill'), ('meeting', 'Working meeting')], max_length=16)),
                ('topic_zh', models.CharField(max_length=200)),
                ('topic_en', models.CharField(blank=True, max_length=200)),
                ('matter', models.CharField(blank=True, max_length=64)),
                ('organisation', models.CharField(help_text='who held it', max_length=200)),
                ('trainer', models.CharField(max_length=200)),
                ('on', models.DateField(db_index=True)),
                ('hours', models.DecimalField(decimal_places=1, max_digits=5)),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('course', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='jizhun.course')),
            ],
            options={
                'ordering': ('-on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(db_index=True, max_length=150)),
                ('unit', models.CharField(max_length=64)),
                ('present', models.BooleanField()),
                ('hours', models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=5)),
                ('score', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='jizhun.trainingevent')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='UnitLearned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=32)),
                ('username', models.CharField(db_index=True, max_length=150)),
                ('region', models.CharField(max_length=64)),
                ('fingerprint', models.CharField(max_length=32)),
                ('sources', models.JSONField(default=list)),
                ('mark', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='learned', to='jizhun.courseversion')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='contestround',
            constraint=models.UniqueConstraint(fields=('contest', 'number'), name='contest_round_once'),
        ),
        migrations.AddConstraint(
            model_name='contestanswer',
            constraint=models.UniqueConstraint(fields=('round', 'version', 'username'), name='contest_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='courseversion',
            constraint=models.UniqueConstraint(fields=('course', 'number'), name='course_version_once'),
        ),
        migrations.RunPython(forbid, allow),
    ]
