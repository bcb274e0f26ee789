"""Draws figure values with matplotlib, once for paper and screen. May import: analysis, metrics, domain, common."""
