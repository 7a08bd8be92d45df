# What was kept is dropped: the next reader makes all of it anew from the log, and reports fold the log meanwhile.

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0003_clauses'),
    ]

    operations = [
        migrations.DeleteModel(name='Fact'),
        migrations.DeleteModel(name='Rollup'),
        migrations.CreateModel(
            name='DayRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_at', models.DateTimeField()),
                ('end_at', models.DateTimeField()),
                ('queue_id', models.BigIntegerField()),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('spreads', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('reasons', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'roll-up of a day',
                'verbose_name_plural': 'roll-ups of days',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('start_at', 'queue_id'), name='day_rollup_once'), models.CheckConstraint(condition=models.Q(('end_at__gt', models.F('start_at'))), name='day_rollup_half_open')],
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interval_start', models.DateTimeField()),
                ('queue_id', models.BigIntegerField()),
                ('channel', models.CharField(max_length=16)),
                ('agent_id', models.BigIntegerField()),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('interaction_ref', models.UUIDField()),
                ('entry', models.IntegerField()),
                ('reason', models.CharField(blank=True, max_length=64)),
                ('target', models.BigIntegerField()),
                ('lengths', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('buckets', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                'verbose_name': 'fact',
                'verbose_name_plural': 'facts',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['interval_start', 'queue_id', 'channel', 'agent_id'], name='fact_by_key'), models.Index(fields=['target', 'interval_start'], name='fact_by_target')],
                'constraints': [models.UniqueConstraint(fields=('interaction_ref', 'entry'), name='fact_once')],
            },
        ),
        migrations.CreateModel(
            name='Rollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('interval_start', models.DateTimeField()),
                ('queue_id', models.BigIntegerField()),
                ('channel', models.CharField(max_length=16)),
                ('agent_id', models.BigIntegerField()),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('spreads', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('reasons', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'roll-up',
                'verbose_name_plural': 'roll-ups',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('interval_start', 'queue_id', 'channel', 'agent_id'), name='rollup_once')],
            },
        ),
    ]
