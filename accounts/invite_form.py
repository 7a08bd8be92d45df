"""The form by which somebody is invited to a seat in a client, by the provider or by its own people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from tenants.mail.addressing import LONGEST, check_receiver


class InviteForm(forms.Form):
    """Whom to invite, to which of the `roles`; the first one unless said otherwise."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=LONGEST,
        validators=[check_receiver],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("They choose their own name and password."),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, data: Any = None, *, roles: Iterable[Role]) -> None:
        super().__init__(data)
        chosen: Any = self.fields["role"]
        chosen.choices = [(one.value, one.label) for one in roles]
