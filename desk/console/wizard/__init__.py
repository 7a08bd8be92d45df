"""The wizard that sets a client up: what its forms ask, what they send, what the preview shows.

The steps are the rooms' (`tenants.onboarding.registry`); here is only how a step looks as a form.
"""
