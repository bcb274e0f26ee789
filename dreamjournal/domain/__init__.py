"""The words of the journal as frozen values and pure functions. May import: common."""
