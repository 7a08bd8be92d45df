"""The forms of the tab Brand."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.hours import zones_to_choose
from desk.console.mail_forms import one_line
from desk.console.wizard.fields import HUES
from interactions.spoken import Texts
from tenants.values import BrandCard

TEXTS = ("launcher", "greeting", "nudge")
LINES = 10
LINES_LENGTH = 480  # what the audit trail keeps whole, so that a change can be taken back
GREETING_LENGTH = 300
LAUNCHER_LENGTH = 24  # beside a sign, in the corner of a phone's screen


def _lines(text: str) -> list[str]:
    """Return the lines that say something. Raises ValidationError for too many."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > LINES:
        raise forms.ValidationError(_("At most ten lines."))
    return lines


class BrandForm(forms.Form):
    """Who the client is, how it looks and sounds."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As customers know it."))
    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    timezone = forms.ChoiceField(label=_("Time zone"))
    locales = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    hue = forms.IntegerField(label=_("Colour"), min_value=0, max_value=359)
    tone = forms.CharField(
        label=_("Tone"), max_length=120, required=False, help_text=_("A few words: warm, first names.")
    )
    tone_do = forms.CharField(
        label=_("Do"), required=False, max_length=LINES_LENGTH, help_text=_("One rule a line."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    tone_dont = forms.CharField(
        label=_("Do not"), required=False, max_length=LINES_LENGTH, help_text=_("One rule a line."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, card: BrandCard, legal_name: str) -> None:
        super().__init__(data, initial=self.of(card) | {"legal_name": legal_name})
        self.fields["timezone"].choices = [(name, name) for name in zones_to_choose()]  # type: ignore[attr-defined]
        for name in ("name", "legal_name", "tone", "timezone"):
            self.fields[name].widget.attrs["dir"] = "auto"

    @staticmethod
    def of(card: BrandCard) -> dict[str, Any]:
        return {
            "name": card.name, "timezone": card.timezone, "locales": list(card.locales), "hue": card.hue,
            "tone": card.tone, "tone_do": "\n".join(card.tone_do), "tone_dont": "\n".join(card.tone_dont),
        }  # fmt: skip

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_locales(self) -> list[str]:
        """Keep the order in which we list them: the first one is what is spoken when nothing else fits."""
        return [code for code, _name in settings.LANGUAGES if code in self.cleaned_data["locales"]]

    def clean_tone_do(self) -> list[str]:
        return _lines(self.cleaned_data["tone_do"])

    def clean_tone_dont(self) -> list[str]:
        return _lines(self.cleaned_data["tone_dont"])

    @property
    def hues(self) -> list[tuple[int, Any, bool]]:
        """(degrees, name, chosen) of the colours to choose from, and of the one that is none of them."""
        value = str(self["hue"].value())
        known = [(hue, name, str(hue) == value) for hue, name in HUES]
        is_hue = value.isdecimal() and len(value) < 4 and int(value) < 360
        own = is_hue and not any(chosen for *_hue, chosen in known)
        return [*known, *([(int(value), _("Own colour"), True)] if own else [])]


class LogoForm(forms.Form):
    """A picture to show in place of the letter; `tenants.look.logos` says what is wrong with it."""

    logo = forms.FileField(
        label=_("Picture"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/svg+xml"}),
        help_text=_("PNG, JPEG, WebP or SVG. At most 512 KB and 2000 pixels on either side."),
    )


class TextsForm(forms.Form):
    """What a visitor reads of the client's own words, in each language of the client."""

    def __init__(self, data: Any = None, *, card: BrandCard, said: Texts) -> None:
        super().__init__(data)
        for code in card.locales:
            label = dict(settings.LANGUAGES).get(code, code)
            attrs = {"dir": "auto", "lang": code, "class": "input"}
            launcher, greeting, nudge = (said.get(name, {}).get(code, "") for name in TEXTS)
            self.fields[f"launcher_{code}"] = forms.CharField(
                label=label, required=False, max_length=LAUNCHER_LENGTH, initial=launcher,
                widget=forms.TextInput(attrs=attrs),
            )  # fmt: skip
            self.fields[f"greeting_{code}"] = forms.CharField(
                label=label, required=False, max_length=GREETING_LENGTH, initial=greeting,
                widget=forms.Textarea(attrs=attrs | {"rows": 2}),
            )  # fmt: skip
            self.fields[f"nudge_{code}"] = forms.CharField(
                label=label, required=False, max_length=GREETING_LENGTH, initial=nudge,
                widget=forms.Textarea(attrs=attrs | {"rows": 2}),
            )  # fmt: skip

    @property
    def launcher(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("launcher_")]

    @property
    def greeting(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("greeting_")]

    @property
    def nudge(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("nudge_")]

    def texts(self) -> Texts:
        """Return {"launcher": {language: text}, "greeting": …} of what is not empty."""
        texts: Texts = {name: {} for name in TEXTS}
        for field, text in self.cleaned_data.items():
            name, code = field.split("_", 1)
            if text:
                texts[name][code] = text
        return texts
