import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0010_kinds'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('contact', 'data'), models.F('occurred_at'), condition=models.Q(('kind', 'interaction.opened')), name='event_opened_by'),
        ),
    ]
