"""Bringing in recordings. May import: what ui may."""
