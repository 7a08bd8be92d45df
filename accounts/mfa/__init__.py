"""The second step of a sign-in: allauth.mfa's table and primitives behind our verbs and screens.

fido2 and qrcode are loaded by the first page that needs them, never by a process that only serves the desk.
"""
