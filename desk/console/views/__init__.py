"""One module a topic: translate in, one verb, translate out."""
