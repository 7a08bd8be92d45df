"""What a client asks its provider to change: opening hours, first words of the chat, how agents sound.

A change is asked with what it is to be and from which day on. The provider refuses it with a reason, or
accepts it: then the verb of the provider's own screens carries it out, at once or on that day. Who asked may
withdraw it until then. Verbs: `ask_change`, `withdraw_change`, `accept_change`, `refuse_change`, `apply_due`.
"""
