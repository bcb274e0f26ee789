"""Widgets. May import: runtime, services (not the store), domain, common."""
