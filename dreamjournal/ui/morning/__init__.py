"""Morning: the dream, then the diary, then the device. May import: ui.widgets, ui.dreams, services, domain, common."""
