"""Ledgers and lists that people take away, fill in and send back."""
