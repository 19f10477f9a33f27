"""Ratings: batches of them, clocks of places, negative ratings and what was done; what was said stays as it was said."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("jizhun_ratingclock", "jizhun_negativerating", "jizhun_ratingact")
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
        ('jizhun', '0014_batch_kind'),
    ]

    operations = [
        migrations.CreateModel(
            name='RatingClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('valid_from', models.DateField()),
                ('fields', models.JSONField()),
                ('owner', models.CharField(blank=True, default='', max_length=64)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AlterField(
            model_name='batch',
            name='kind',
            field=models.CharField(choices=[('cases', 'case records'), ('steps', 'steps of cases'), ('reviews', 'ratings')], default='cases', max_length=8),
        ),
        migrations.CreateModel(
            name='NegativeRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=64)),
                ('review_key', models.CharField(max_length=200)),
                ('case_key', models.CharField(blank=True, max_length=200)),
                ('visit_key', models.CharField(blank=True, max_length=200)),
                ('matter', models.CharField(blank=True, max_length=64)),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('channel', models.CharField(max_length=16)),
                ('grade', models.PositiveSmallIntegerField()),
                ('rated_on', models.DateField(db_index=True)),
                ('reasons', models.JSONField(default=list)),
                ('has_text', models.BooleanField(default=False)),
                ('anonymous', models.BooleanField(default=False)),
                ('simulated', models.BooleanField(default=False)),
                ('opened_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'review_key'), name='negative_rating_once')],
            },
        ),
        migrations.CreateModel(
            name='RatingAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('on', models.DateField()),
                ('text', models.TextField(blank=True)),
                ('reached', models.BooleanField(null=True)),
                ('satisfied', models.BooleanField(null=True)),
                ('upheld', models.BooleanField(null=True)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='jizhun.negativerating')),
            ],
            options={
                'ordering': ('rating_id', 'number'),
                'constraints': [models.UniqueConstraint(fields=('rating', 'number'), name='rating_act_once')],
            },
        ),
        migrations.RunPython(forbid, allow),
    ]
