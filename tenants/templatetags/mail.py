"""Styles inside a mail's HTML: `<td {% look "main" %}>`, in the hue of the mail's `hue`."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenants.mail.look import PROVIDER_HUE, styles

register = template.Library()


@register.simple_tag(takes_context=True)
def look(context: dict[str, Any], part: str) -> SafeString:
    """Write the style attribute of that part (tenants.mail.look.styles)."""
    hue = context.get("hue")
    return format_html('style="{}"', styles(PROVIDER_HUE if hue is None else hue)[part])
