"""What knows nothing of dreams: clock, errors, paths, readers. May import: the standard library, msgspec, platformdirs."""
