"""`manage.py reset_mfa EMAIL --reason`: for who has lost every second step, and no operator can sign in."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.mfa import factors
from accounts.models import User, normalise_email
from core import clock


class Command(BaseCommand):
    help = "Remove a person's second steps and end their sessions. Make sure first who asks. It is audited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="why, and how it was made sure who asks")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if not reason:
            raise CommandError("Say why: the trail keeps it.")
        user_id = (
            User.objects.filter(email=normalise_email(options["email"])).values_list("pk", flat=True).first()
        )
        if user_id is None:
            raise CommandError("Nobody signs in with this address.")
        actor = f"system:reset_mfa {getpass.getuser()}"
        count = factors.reset(user_id, actor=actor, reason=reason, now=clock.now())
        steps = "1 second step" if count == 1 else f"{count} second steps"
        self.stdout.write(f"{steps} removed; open sessions have ended. The password is as it was.")
