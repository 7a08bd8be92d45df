"""One mail, and whom a brand's mails are from."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from core.secrets import SecretField
from tenants.mail.choices import MailSecurity, MailState
from tenants.mail.queries import SystemMailQuerySet

NO_WORDS = {"text": "", "html": "", "stop_link": ""}
"""What a mail forgets once nobody will send it any more: it holds links that open things."""


class MailIdentity(models.Model):
    """Whom a brand's mails are from. Without a server of its own they leave by the provider's."""

    brand = models.OneToOneField(
        "tenants.Brand", on_delete=models.CASCADE, related_name="mail_identity", primary_key=True
    )
    from_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    from_address = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    footer = models.CharField(_("words at the foot"), max_length=500, blank=True)
    smtp_host = models.CharField(_("server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(
        _("port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    smtp_security = models.CharField(
        _("encryption"), max_length=16, choices=MailSecurity, default=MailSecurity.STARTTLS
    )
    smtp_user = models.CharField(_("user name"), max_length=254, blank=True)
    smtp_password = SecretField(_("password"), blank=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("mail identity")
        verbose_name_plural = _("mail identities")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(smtp_host="") | models.Q(smtp_user=""), name="mail_user_has_a_server"
            ),
            models.CheckConstraint(
                condition=models.Q(smtp_port__gte=1, smtp_port__lte=65535), name="mail_port_is_a_port"
            ),
        ]

    def __str__(self) -> str:
        return f"mail of brand {self.brand_id}"


class SystemMail(models.Model):
    """One mail to one person: a promise until a server took it or said no.

    Sender, subject and texts are settled when it is queued. The texts hold links that open things: they are
    sealed, and forgotten once the mail has left. `handed_at` is written before a server gets the text, so
    that a mail whose sender died after that is never sent blindly a second time. `stop_link` is where its
    reader ends mails of this kind.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=48)
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    language = models.CharField(_("language"), max_length=8)
    to = models.EmailField(_("to"), max_length=254)
    sender = models.CharField(_("from"), max_length=400)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    message_id = models.CharField(max_length=320, unique=True)
    subject = models.CharField(_("subject"), max_length=300)
    text = SecretField(blank=True)
    html = SecretField(blank=True)
    parts = models.JSONField(default=list, blank=True)  # tenants.mail.parts
    stop_link = SecretField(blank=True)
    state = models.CharField(_("state"), max_length=16, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("the server's answer"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("written at"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = SystemMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("system mail")
        verbose_name_plural = _("system mails")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=MailState.SENDING, lease_until__isnull=False)
                | (~models.Q(state=MailState.SENDING) & models.Q(lease_until__isnull=True)),
                name="mail_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MailState.SENT, sent_at__isnull=False)
                | (~models.Q(state=MailState.SENT) & models.Q(sent_at__isnull=True)),
                name="mail_sent_has_its_instant",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="mail_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="mail_leased"),
            models.Index(fields=["brand", "-created_at", "-id"], name="mail_log"),
            models.Index(fields=["created_at"], name="mail_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
