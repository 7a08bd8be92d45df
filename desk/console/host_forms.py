"""The form of the tab Hosts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HostForm(forms.Form):
    """A host name of the client's, as typed; `tenants.domains.names` says what is wrong with it."""

    host = forms.CharField(
        label=_("Host name"),
        max_length=300,
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "none",
                "dir": "ltr",
            }
        ),
        help_text=_("Like help.example.com. The portal and the chat answer there once it is verified."),
    )
