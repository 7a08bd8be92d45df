"""How a client looks: its logo, checked and kept, and the way back from a change."""
