import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import core.ids
import core.secrets

NOW = django.db.models.functions.datetime.Now


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_onboarding"),
    ]

    operations = [
        migrations.CreateModel(
            name='MailIdentity',
            fields=[
                ('brand', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mail_identity', serialize=False, to='tenants.brand')),
                ('from_name', models.CharField(blank=True, max_length=120, verbose_name="sender's name")),
                ('from_address', models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='answers go to')),
                ('footer', models.CharField(blank=True, max_length=500, verbose_name='words at the foot')),
                ('smtp_host', models.CharField(blank=True, max_length=253, verbose_name='server')),
                ('smtp_port', models.PositiveIntegerField(default=587, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(65535)], verbose_name='port')),
                ('smtp_security', models.CharField(choices=[('starttls', 'STARTTLS (port 587)'), ('tls', 'TLS from the first byte (port 465)'), ('none', 'None')], default='starttls', max_length=16, verbose_name='encryption')),
                ('smtp_user', models.CharField(blank=True, max_length=254, verbose_name='user name')),
                ('smtp_password', core.secrets.SecretField(blank=True, verbose_name='password')),
                ('changed_at', models.DateTimeField(db_default=NOW(), editable=False)),
            ],
            options={
                'verbose_name': 'mail identity',
                'verbose_name_plural': 'mail identities',
            },
        ),
        migrations.CreateModel(
            name='SystemMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=core.ids.new_ref, editable=False, unique=True)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(max_length=48, verbose_name='kind')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('to', models.EmailField(max_length=254, verbose_name='to')),
                ('sender', models.CharField(max_length=400, verbose_name='from')),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='answers go to')),
                ('message_id', models.CharField(max_length=320, unique=True)),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('text', core.secrets.SecretField(blank=True)),
                ('html', core.secrets.SecretField(blank=True)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('refused', 'Refused'), ('failed', 'Given up'), ('unknown', 'Perhaps sent'), ('withdrawn', 'Withdrawn'), ('shown', 'Shown, not sent')], default='queued', max_length=16, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('handed_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name="the server's answer")),
                ('created_at', models.DateTimeField(db_default=NOW(), editable=False, verbose_name='written at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.brand')),
            ],
            options={
                'verbose_name': 'system mail',
                'verbose_name_plural': 'system mails',
                'indexes': [
                    models.Index(condition=models.Q(('state', 'queued')), fields=['due_at'], name='mail_due'),
                    models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='mail_leased'),
                    models.Index(fields=['brand', '-created_at', '-id'], name='mail_log'),
                    models.Index(fields=['created_at'], name='mail_by_age'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='mail_lease_while_sending'),
                    models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='mail_sent_has_its_instant'),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name='mailidentity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('smtp_host', ''), _negated=True), ('smtp_user', ''), _connector='OR'), name='mail_user_has_a_server'),
        ),
        migrations.AddConstraint(
            model_name='mailidentity',
            constraint=models.CheckConstraint(condition=models.Q(('smtp_port__gte', 1), ('smtp_port__lte', 65535)), name='mail_port_is_a_port'),
        ),
    ]
