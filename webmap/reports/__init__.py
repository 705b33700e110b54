"""Ledgers and lists that people take away, fill in and send back."""

from webmap.reports.workbook import write_ledger, write_responsibility_lists

__all__ = ["write_ledger", "write_responsibility_lists"]
