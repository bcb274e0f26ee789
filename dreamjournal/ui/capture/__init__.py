"""Night capture: words at three in the morning. May import: ui.widgets, ui.dreams, services, domain, common."""
