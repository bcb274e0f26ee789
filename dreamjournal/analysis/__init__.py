"""Statistics on plain arrays; numpy and scipy are loaded on first use. May import: metrics, domain, common."""
