"""The fleet: roles, migrations, warm pool, router, log."""
