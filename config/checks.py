"""System checks: illegal combinations of settings, each with the variable to change."""
