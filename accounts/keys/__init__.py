"""API keys: how a program of the provider's, or of a client's, shows who it is. Secrets are never stored."""
