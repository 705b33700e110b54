"""The read-only web service over one run."""
