"""The form by which somebody else signs an agent out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from routing.actions.signing_out import LONGEST_NOTE
from routing.choices import OffReason


class SignOutForm(forms.Form):
    """`key` names the form: sent twice, it is done once."""

    key = KeyField()
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose")), *OffReason.choices])
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE,
        help_text=_("For the audit trail. No word about an illness."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
