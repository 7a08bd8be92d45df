"""What a visitor reads first, in each language."""

from interactions.choices import Channel
from interactions.models import Inbox


def greeting_of(languages: tuple[str, ...]) -> dict[str, str]:
    """Return {language: text} of the oldest web chat; one text for all stands under the first language."""
    rows = Inbox.objects.filter(kind=Channel.WEBCHAT).order_by("pk")
    said = (rows.values_list("config", flat=True).first() or {}).get("greeting") or {}
    if isinstance(said, str):
        return {languages[0]: said} if languages else {}
    return {str(code): str(text) for code, text in said.items()}
