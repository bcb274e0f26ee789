"""One file is one section of a report: answers to plain data. May import: charts, analysis, metrics, domain, common."""
