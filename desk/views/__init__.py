"""Translate a request into one question or one verb, and its answer into a page, a part of it, or JSON."""
