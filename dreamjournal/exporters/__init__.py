"""One file is one target format: values to bytes. May import: charts, domain, common."""
