"""Regional collaboration; everything that is said of it stays said: no UPDATE, no DELETE."""

import django.db.models.deletion
from django.db import migrations, models

from ._said import stays


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0026_certificates_earned'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carried',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.CharField(max_length=64)),
                ('new', models.CharField(db_index=True, max_length=64)),
                ('on', models.DateField()),
                ('sort', models.CharField(max_length=16)),
                ('key', models.CharField(max_length=300)),
                ('verdict', models.CharField(max_length=8)),
                ('reason', models.TextField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='CollaborationArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('purpose_zh', models.TextField(blank=True)),
                ('purpose_en', models.TextField(blank=True)),
                ('lead', models.CharField(blank=True, max_length=64)),
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
            name='CrossRegion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('matter', models.CharField(db_index=True, max_length=64)),
                ('mode', models.CharField(max_length=16)),
                ('regions', models.JSONField(default=list)),
                ('area', models.CharField(blank=True, max_length=64)),
                ('legs', models.JSONField()),
                ('valid_from', models.DateField()),
                ('basis_zh', models.TextField()),
                ('basis_en', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Recognition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('what_zh', models.CharField(max_length=300)),
                ('what_en', models.CharField(max_length=300)),
                ('subject', models.CharField(blank=True, max_length=64)),
                ('matters', models.JSONField(default=list)),
                ('regions', models.JSONField(default=list)),
                ('giver', models.CharField(blank=True, max_length=64)),
                ('area', models.CharField(blank=True, db_index=True, max_length=64)),
                ('valid_from', models.DateField()),
                ('basis_zh', models.TextField()),
                ('basis_en', models.TextField(blank=True)),
                ('note_zh', models.TextField(blank=True)),
                ('note_en', models.TextField(blank=True)),
                ('document', models.CharField(blank=True, max_length=128)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('simulated', models.BooleanField(default=False)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='AreaStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('act', models.CharField(max_length=16)),
                ('on', models.DateField()),
                ('basis_zh', models.TextField(blank=True)),
                ('basis_en', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jizhun.collaborationarea')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='JointBodyStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('duties_zh', models.TextField(blank=True)),
                ('duties_en', models.TextField(blank=True)),
                ('act', models.CharField(max_length=16)),
                ('on', models.DateField()),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='body_steps', to='jizhun.collaborationarea')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='JointStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('regions', models.JSONField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joint_standards', to='jizhun.collaborationarea')),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='joint', to='jizhun.project')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='JointApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=64)),
                ('number', models.CharField(max_length=120)),
                ('effective_on', models.DateField()),
                ('state', models.JSONField()),
                ('reason', models.TextField(blank=True)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('joint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='jizhun.jointstandard')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='RecognitionEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('reason', models.TextField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('recognition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='jizhun.recognition')),
            ],
        ),
        stays('jizhun_collaborationarea', 'jizhun_areastep', 'jizhun_jointbodystep', 'jizhun_recognition',
              'jizhun_recognitionend', 'jizhun_jointstandard', 'jizhun_jointapproval', 'jizhun_crossregion',
              'jizhun_carried'),
    ]
