from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0016_clock_pages'),
    ]

    operations = [
        migrations.AddField(
            model_name='requestturn',
            name='told_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('state__in', ['active', 'held', 'wrap_up'])), fields=['agent_id'], name='interaction_in_hand'),
        ),
    ]
