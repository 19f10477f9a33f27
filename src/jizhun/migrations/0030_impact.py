"""Impact lists that were seen stay said: no UPDATE, no DELETE."""

from django.db import migrations, models

from ._said import stays


class Migration(migrations.Migration):

    dependencies = [
        ('jizhun', '0029_pilots'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImpactList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=32, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('said', models.JSONField()),
                ('title_zh', models.CharField(max_length=400)),
                ('title_en', models.CharField(max_length=400)),
                ('region', models.CharField(db_index=True, help_text='region code: where it would be published', max_length=64)),
                ('on', models.DateField()),
                ('mark', models.CharField(max_length=64)),
                ('counts', models.JSONField(default=dict)),
                ('found', models.JSONField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        stays('jizhun_impactlist'),
    ]
