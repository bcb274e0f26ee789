"""One file is one measure of a run of nights, which no single night has. May import: metrics, domain, common."""
