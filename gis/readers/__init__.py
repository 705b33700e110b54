"""Each format by a reader of its own: rows, columns and shapes as they stand, nothing judged."""
