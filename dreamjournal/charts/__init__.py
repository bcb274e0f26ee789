"""Draws a Figure value once, for screen and paper. May import: analysis, metrics, domain, common."""
