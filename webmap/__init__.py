"""Publish runs: maps, pages, an interface for programs, ledgers."""
