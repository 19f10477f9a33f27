"""Qualifications, certificates and what rights ask for; all of it stays said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("jizhun_qualificationversion", "jizhun_certificate", "jizhun_certificaterenewal",
          "jizhun_certificaterevocation", "jizhun_certificatename", "jizhun_qualification", "jizhun_rightrequirement")
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
        ('jizhun', '0022_sittings'),
    ]

    operations = [
        migrations.CreateModel(
            name='RightRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('right', models.CharField(max_length=40)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('qualification', models.CharField(max_length=64)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('href', models.CharField(max_length=400)),
                ('valid_from', models.DateField()),
                ('grace_days', models.PositiveIntegerField()),
                ('asked', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('valid_from', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True)),
                ('holder_name', models.CharField(max_length=100)),
                ('region', models.CharField(db_index=True, help_text='the place for which it was issued', max_length=64)),
                ('issued_on', models.DateField()),
                ('expires_on', models.DateField()),
                ('sources', models.JSONField()),
                ('evidence', models.CharField(max_length=300)),
                ('mark', models.PositiveIntegerField()),
                ('status_index', models.PositiveIntegerField(unique=True)),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-issued_on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='CertificateName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shown', models.CharField(max_length=8)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='jizhun.certificate')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='CertificateRenewal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('sources', models.JSONField()),
                ('evidence', models.CharField(max_length=300)),
                ('mark', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='jizhun.certificate')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='QualificationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=64)),
                ('number', models.PositiveIntegerField()),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('about_zh', models.TextField(help_text='what its holder has learned, and how it is earned')),
                ('about_en', models.TextField()),
                ('role', models.CharField(blank=True, help_text='role code, empty for everybody', max_length=40)),
                ('covers', models.JSONField()),
                ('months', models.PositiveIntegerField()),
                ('grace_days', models.PositiveIntegerField()),
                ('passing', models.PositiveIntegerField()),
                ('simulated', models.BooleanField(default=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
            ],
            options={
                'ordering': ('code', '-number'),
                'constraints': [models.UniqueConstraint(fields=('code', 'number'), name='qualification_version_once')],
            },
        ),
        migrations.AddField(
            model_name='certificate',
            name='qualification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='jizhun.qualificationversion'),
        ),
        migrations.CreateModel(
            name='CertificateRevocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('reason', models.TextField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revocations', to='jizhun.certificate')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('certificate',), name='certificate_revoked_once')],
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField()),
                ('reference', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=150)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'indexes': [models.Index(fields=['user', 'code'], name='qualification_of_user')],
            },
        ),
        migrations.RunPython(forbid, allow),
    ]
