"""What a session must keep to: rules by seat, the list of sessions, locks on sign-in. See docs/sign-in.md."""
