
import datetime
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('order', models.PositiveSmallIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='AuditLine',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(db_index=True, max_length=150)),
                ('act', models.CharField(max_length=80)),
                ('subject', models.CharField(db_index=True, max_length=200)),
                ('before', models.TextField(help_text='canonical JSON')),
                ('after', models.TextField(help_text='canonical JSON')),
                ('reason', models.TextField(blank=True)),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ('seq',),
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=128, unique=True)),
                ('title_zh', models.CharField(max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('number', models.CharField(blank=True, max_length=120)),
                ('kind', models.CharField(max_length=32)),
                ('issuer_zh', models.CharField(blank=True, max_length=200)),
                ('issuer_en', models.CharField(blank=True, max_length=200)),
                ('region', models.CharField(blank=True, max_length=64)),
                ('published_on', models.DateField(null=True)),
                ('valid_from', models.DateField(null=True)),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('number', models.CharField(blank=True, max_length=120)),
                ('published_on', models.DateField(null=True)),
                ('valid_from', models.DateField(null=True)),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('root', models.CharField(default='CN', max_length=64)),
                ('notes', models.JSONField(default=dict)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('root', models.CharField(default='CN', max_length=64)),
                ('in_field', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='MeasureRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('fields', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=120)),
                ('name_en', models.CharField(max_length=160)),
                ('pinyin', models.CharField(blank=True, default='', max_length=160)),
                ('former_zh', models.CharField(blank=True, default='', max_length=200)),
                ('kind', models.CharField(max_length=40)),
                ('level', models.PositiveSmallIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('in_scope', models.BooleanField(default=True)),
                ('simulated', models.BooleanField(default=False)),
                ('valid_from', models.DateField(default=datetime.date(1, 1, 1))),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('exact', models.BooleanField(default=True)),
                ('source', models.CharField(max_length=400)),
                ('mark', models.CharField(max_length=8)),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.CharField(max_length=40, unique=True)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('token', models.CharField(default='', max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name='TierAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(max_length=64)),
                ('region', models.CharField(max_length=64)),
                ('tier', models.CharField(max_length=16)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('recorded_on', models.DateField()),
                ('seq', models.BigIntegerField()),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('order', models.PositiveSmallIntegerField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='jizhun.area')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('precedence', models.PositiveSmallIntegerField(default=100)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='narrower', to='jizhun.group')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('kind', models.CharField(blank=True, max_length=40)),
                ('example_split', models.BooleanField(default=True)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='jizhun.item')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_zh', models.CharField(max_length=200)),
                ('name_en', models.CharField(max_length=200)),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('simulated', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('region', 'name_zh'), name='organisation_once_per_region')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('demonstration', models.BooleanField(default=False)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.organisation')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('national_editor', 'National editor'), ('provincial_editor', 'Provincial editor'), ('county_editor', 'City or county editor'), ('clerk', 'Window clerk'), ('reviewer', 'Reviewer'), ('statistician', 'Statistician'), ('trainer', 'Trainer'), ('reader', 'Reader')], max_length=40)),
                ('region', models.CharField(help_text='region code', max_length=64)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'region', 'valid_from'), name='grant_once_per_day'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='grant_period')],
            },
        ),
        migrations.CreateModel(
            name='ItemInEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('name_zh', models.CharField(max_length=300)),
                ('name_en', models.CharField(max_length=300)),
                ('recipients_zh', models.TextField(blank=True)),
                ('recipients_en', models.TextField(blank=True)),
                ('content_zh', models.TextField(blank=True)),
                ('content_en', models.TextField(blank=True)),
                ('standard_zh', models.TextField(blank=True)),
                ('standard_en', models.TextField(blank=True)),
                ('payer_zh', models.TextField(blank=True)),
                ('payer_en', models.TextField(blank=True)),
                ('lead_zh', models.TextField(blank=True)),
                ('lead_en', models.TextField(blank=True)),
                ('source', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='jizhun.category')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='jizhun.edition')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='jizhun.item')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'item'), name='item_once_per_edition')],
            },
        ),
        migrations.CreateModel(
            name='Provision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64)),
                ('measure', models.CharField(max_length=64)),
                ('region', models.CharField(db_index=True, max_length=64)),
                ('group', models.CharField(default='all', max_length=64)),
                ('slot', models.CharField(max_length=8)),
                ('modality', models.CharField(max_length=16)),
                ('value', models.JSONField(null=True)),
                ('unit', models.CharField(blank=True, max_length=32)),
                ('valid_from', models.DateField()),
                ('lapses_on', models.DateField(default=datetime.date(9999, 12, 31))),
                ('clause_zh', models.CharField(blank=True, max_length=200)),
                ('clause_en', models.CharField(blank=True, max_length=200)),
                ('recorded_on', models.DateField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('seq', models.BigIntegerField()),
                ('enforce', models.CharField(default='limit', max_length=8)),
                ('applies_to_new_from', models.DateField(null=True)),
                ('existing_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('reach_by', models.DateField(null=True)),
                ('assessment', models.TextField(blank=True)),
                ('mark', models.CharField(max_length=8)),
                ('source', models.TextField(blank=True)),
                ('note_zh', models.TextField(blank=True)),
                ('note_en', models.TextField(blank=True)),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='jizhun.document')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subject', 'measure', 'region', 'group', 'slot', 'valid_from', 'seq'), name='provision_change_point')],
            },
        ),
        migrations.CreateModel(
            name='RegionDayOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('working', models.BooleanField(default=False)),
                ('reason_zh', models.CharField(blank=True, default='', max_length=200)),
                ('reason_en', models.CharField(blank=True, default='', max_length=200)),
                ('source', models.CharField(max_length=400)),
                ('mark', models.CharField(max_length=8)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days_off', to='jizhun.region')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('region', 'day'), name='one_own_day_per_region')],
            },
        ),
        migrations.CreateModel(
            name='RegionParent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=16)),
                ('valid_from', models.DateField(default=datetime.date(1, 1, 1))),
                ('valid_until', models.DateField(default=datetime.date(9999, 12, 31))),
                ('source', models.CharField(max_length=400)),
                ('mark', models.CharField(max_length=8)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jizhun.region')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parents', to='jizhun.region')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('region', 'role', 'valid_from'), name='one_parent_per_role_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('on', models.DateField()),
                ('source', models.CharField(max_length=400)),
                ('mark', models.CharField(max_length=8)),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='jizhun.region')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='jizhun.region')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('old', 'new', 'on'), name='one_succession_per_day')],
            },
        ),
    ]
