"""The forms of the tabs People and Mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.mail.addressing import LONGEST, check_receiver
from tenants.mail.choices import MailSecurity
from tenants.mail.models import MailIdentity

SHOWN = ("from_name", "from_address", "reply_to", "footer")
"""What the preview shows. Nothing else of the form ever stands in an address."""


def one_line(text: str) -> str:
    """Return the text; refuse line breaks and other control signs, which could end a header."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise forms.ValidationError(_("Write it in one line."))
    return text


class TestForm(forms.Form):
    """Where a test mail goes."""

    __test__ = False
    to = forms.EmailField(label=_("Send a test to"), max_length=LONGEST, validators=[check_receiver])


class IdentityForm(forms.Form):
    """Whom the client's mails are from, and the server they leave by. An empty password stays as it is."""

    from_name = forms.CharField(
        label=_("Sender's name"), max_length=120, required=False, help_text=_("Empty: the client's name.")
    )
    from_address = forms.EmailField(
        label=_("Sender's address"),
        required=False,
        max_length=LONGEST,
        validators=[check_receiver],
        help_text=_("Empty: the provider's. One of the client's own must be allowed on the server below."),
    )
    reply_to = forms.EmailField(
        label=_("Answers go to"),
        required=False,
        max_length=LONGEST,
        validators=[check_receiver],
        help_text=_("Empty: to the sender's address."),
    )
    footer = forms.CharField(
        label=_("Words at the foot"), max_length=500, required=False, help_text=_("Say, the legal name.")
    )
    smtp_host = forms.CharField(
        label=_("Server"), max_length=253, required=False, help_text=_("Empty: the provider's server.")
    )
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=MailSecurity.choices)
    smtp_user = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    smtp_password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Stored sealed and never shown. Empty: it stays as it is."),
    )

    def __init__(self, data: Any = None, *, identity: MailIdentity) -> None:
        names = [name for name in self.base_fields if name != "smtp_password"]
        super().__init__(data, initial={name: getattr(identity, name) for name in names})
        for name in SHOWN:
            self.fields[name].widget.attrs["data-shown"] = ""

    def clean_from_name(self) -> str:
        return one_line(self.cleaned_data["from_name"])

    def clean_footer(self) -> str:
        return one_line(self.cleaned_data["footer"])

    def clean_smtp_host(self) -> str:
        host: str = self.cleaned_data["smtp_host"].lower()
        if any(sign in host for sign in "/:@ "):
            raise forms.ValidationError(_("A host name alone, like smtp.example.com."))
        return host

    def clean(self) -> dict[str, Any]:
        """Hold the server's fields against each other: one without the next would never work."""
        super().clean()
        said = self.cleaned_data
        host, user = said.get("smtp_host", ""), said.get("smtp_user", "")
        if user and not host and "smtp_host" in said:
            self.add_error("smtp_host", _("A user name needs a server to sign in to."))
        if said.get("smtp_password") and not user:
            self.add_error("smtp_user", _("A password needs a user name."))
        if user and said.get("smtp_security") == MailSecurity.NONE:
            self.add_error(
                "smtp_security", _("Without encryption anybody on the way could read the password.")
            )
        return said

    def values(self) -> dict[str, Any]:
        """Return what tenants.mail.actions.set_identity takes; no user name, no password."""
        values = dict(self.cleaned_data)
        if values["smtp_user"] and not values["smtp_password"]:
            del values["smtp_password"]
        return values

    def tried(self, identity: MailIdentity) -> MailIdentity:
        """Return an unsaved identity as the form would have it, without the fields that are wrong."""
        self.is_valid()
        values = {name: self.cleaned_data.get(name, getattr(identity, name)) for name in SHOWN}
        return MailIdentity(brand_id=identity.brand_id, **values)
