"""Settings, URLs and entry points. Imports every room, imported by none."""
