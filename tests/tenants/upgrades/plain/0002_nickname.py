from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [
        migrations.AddField("contact", "nickname", models.CharField(max_length=40, default="none %s")),
        migrations.CreateModel(
            "Note", [("id", models.BigAutoField(primary_key=True)), ("body", models.TextField())]
        ),
        migrations.AddIndex("contact", models.Index(fields=["nickname"], name="contact_by_nickname")),
    ]
