"""When work was given back to the line: from then on its agent is preferred, not from the first enqueue."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routing", "0002_storage")]

    operations = [
        migrations.AddField(
            model_name="workitem", name="requeued_at", field=models.DateTimeField(null=True)
        ),
    ]
