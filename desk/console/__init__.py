"""The operator's console on the provider's host: clients, their settings, the provider's own.

Screens only: what they show is asked of the rooms below, what they change is done by those rooms' verbs. A
client's screens are tabs (`desk.console.tabs`); each lives in `views/<topic>.py` and `templates/console/`.
"""
