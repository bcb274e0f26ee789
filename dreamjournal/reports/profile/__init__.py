"""The sleep profile: one file is one section of its page. May import: charts, analysis, metrics, domain, common."""
