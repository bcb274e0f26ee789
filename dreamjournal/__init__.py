"""Dreamjournal: a private journal of dreams and nights. Imports nothing."""

__version__ = "0.1.0"
