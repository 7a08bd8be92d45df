"""System mail: what the provider and each brand send to people who work with them. Never a customer's mail.

Nouns: MailKind (what may be sent, registered by the room that sends it), SystemMail (one mail, a promise
until a server took it), MailIdentity (whom a brand's mail is from, and the server it leaves by).
Verbs: queue_mail, withdraw_mail, send_again, set_identity, sweep.
"""
