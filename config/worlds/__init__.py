"""Named worlds for demos and tests: planted by running the machine, never by inserting totals."""
