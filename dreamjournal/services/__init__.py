"""Use cases: plain functions over a journal. May import: everything below; no Qt."""
