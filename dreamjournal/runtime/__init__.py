"""Qt without widgets: tasks, bus, clock, notifications. May import: services and below."""
