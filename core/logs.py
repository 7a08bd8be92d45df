"""What is written in logs: an address that opens something without the token or code that is its key.

Reports behind links, invitations, first and new passwords, the way into a brand's host.
"""

import logging
import re

TOKEN = re.compile(r"(/(?:r|invitations|welcome|enter|password/reset/key)/)[^/\s?#'\"]+")
LINE = logging.Formatter()


def without_token(text: str) -> str:
    """Return the text with every such address cut short: `/r/…/file/`."""
    return TOKEN.sub(r"\1…", text)


class ShortLinks(logging.Filter):
    """Lets every record pass, its words and its traceback without tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            words = record.getMessage()
        except Exception:  # words and values that do not fit: the handler says so
            return True
        if TOKEN.search(words):
            record.msg, record.args = without_token(words), None
        if record.exc_info and not record.exc_text:
            record.exc_text = without_token(LINE.formatException(record.exc_info))
        return True
