"""Words, tables and results as small frozen types; nothing here reads or computes."""
