"""The only place that knows SQLite. May import: domain, common."""
