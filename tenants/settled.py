"""Which rows of an append-only log are settled: nothing can be committed in front of them any more."""


def settled(table: str) -> str:
    """Return the SQL condition on rows of `table` that no open transaction may still write in front of.

    Rows of an older era came from another cluster, whose transaction numbers mean nothing here; the era of
    now is the column's default.
    """
    return f"""(era < (
  SELECT pg_get_expr(d.adbin, d.adrelid)::integer FROM pg_attrdef d
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  WHERE d.adrelid = '{table}'::regclass AND a.attname = 'era'
) OR txid < txid_snapshot_xmin(txid_current_snapshot()))"""  # noqa: S608 - fixed names
