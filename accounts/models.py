"""Users, their memberships, and the codes that carry a sign-in to a brand's host."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, MembershipState, Role, Theme
from accounts.keys.models import ApiKey  # noqa: F401 - Django looks for tables here
from accounts.permissions import BRAND_ROLES, PROVIDER_ROLES
from accounts.queries import HandoffCodeQuerySet, InvitationQuerySet, MembershipQuerySet
from accounts.security.models import FactorSecret, SecurityPolicy, SignIn, SignInLock  # noqa: F401 - likewise
from accounts.timed import Elevation, SeeAs  # noqa: F401 - and here
from core.hours import zones
from core.ids import new_ref


def normalise_email(email: str) -> str:
    """Return the address as it is stored and looked up: trimmed, in lower case."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Insert a user; without a password nobody can sign in as them."""
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Their address and full name never reach a brand's customers or managers."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=8, choices=Language, default=Language.EN)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower")
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.first_name

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)
        if self.timezone not in zones():
            raise ValidationError({"timezone": _("Not a time zone. Write it like Europe/Stockholm.")})


class Membership(models.Model):
    """One role of a user in a brand, or with the provider (`brand` null). Revoked ones stay as history.

    `created_at` is when the seat was first given, `since` when it was last.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    role = models.CharField(max_length=16, choices=Role)
    state = models.CharField(max_length=16, choices=MembershipState, default=MembershipState.ACTIVE)
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    since = models.DateTimeField(db_default=Now(), editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "brand", "role"], nulls_distinct=False, name="membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(brand__isnull=True, role__in=PROVIDER_ROLES)
                | models.Q(brand__isnull=False, role__in=BRAND_ROLES),
                name="membership_sits_where_it_may",
                violation_error_message=_(
                    "This role has no seat there: some sit with the provider, some in a client."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand", "role"],
                condition=models.Q(state=MembershipState.ACTIVE),
                name="membership_active_by_brand",
            )
        ]

    def __str__(self) -> str:
        where = f"brand {self.brand_id}" if self.brand_id else "provider"
        return f"user {self.user_id}: {self.role}, {where}"


class Invitation(models.Model):
    """Leave to take a role in a brand (null: with the provider), for who reads the mails of one address.

    Only the digest of its token is kept. It is open until it is accepted or withdrawn; `expires_at` is
    exclusive. `sent` counts its mails, `mail` is the newest.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    role = models.CharField(_("role"), max_length=16)
    language = models.CharField(_("language"), max_length=8, default=Language.EN)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    mail = models.ForeignKey(
        "tenants.SystemMail", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    sent = models.PositiveSmallIntegerField(_("times sent"), default=1)
    created_at = models.DateTimeField(_("invited at"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["email", "brand", "role"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="invitation_email_is_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["brand", "role", "-created_at"], name="invitation_by_brand")]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    @property
    def role_name(self) -> str:
        """The role's word for the screen."""
        return str(Role(self.role).label) if self.role in Role.values else self.role


class HandoffCode(models.Model):
    """A single-use ticket from the provider's host to a brand's host; only its digest is kept.

    `opened_from` and `opened` are the keys of the two sessions, so that signing out ends both. `see_as` is
    set for who goes there to look as the brand's people do.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey("tenants.Brand", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    opened_from = models.CharField(max_length=40, blank=True)
    opened = models.CharField(max_length=40, blank=True)
    see_as = models.ForeignKey(SeeAs, on_delete=models.CASCADE, related_name="+", null=True)

    objects = HandoffCodeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["opened_from"], name="handoff_by_provider_session"),
            models.Index(fields=["expires_at"], name="handoff_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} to brand {self.brand_id}"
