"""Dreams: finding, re-reading and writing dreams. May import: ui.widgets, services, domain, common."""
