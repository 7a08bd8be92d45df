import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower

import core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tenants", "0003_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=core.ids.new_ref, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("role", models.CharField(max_length=16, verbose_name="role")),
                ("language", models.CharField(default="en", max_length=8, verbose_name="language")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("sent", models.PositiveSmallIntegerField(default=1, verbose_name="times sent")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="invited at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                ("accepted_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("brand", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.brand")),
                ("invited_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("mail", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tenants.systemmail")),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "indexes": [models.Index(fields=["brand", "role", "-created_at"], name="invitation_by_brand")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)), fields=("email", "brand", "role"), name="invitation_open_once", nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(("email", Lower("email"))), name="invitation_email_is_lower"),
                    models.CheckConstraint(condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"), name="invitation_ends_once"),
                    models.CheckConstraint(condition=models.Q(models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)), models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", False)), _connector="OR"), name="invitation_accepted_by_somebody"),
                ],
            },
        ),
    ]
