"""Tonight: the evening routine, what tonight is, what was taken. May import: ui.widgets, services, domain, common."""
