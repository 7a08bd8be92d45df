from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0015_client_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='clockpolicy',
            name='reached',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='clockpolicy',
            name='skipped',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AlterField(
            model_name='clock',
            name='why',
            field=models.CharField(blank=True, choices=[('customer', 'Waiting on customer'), ('client', "Waiting for the client's answer"), ('hold', 'On hold'), ('snoozed', 'Snoozed'), ('callback', 'Until the promised call'), ('wrap_up', 'Wrap-up')], max_length=8),
        ),
    ]
