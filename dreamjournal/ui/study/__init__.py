"""Study: a question fixed before its nights, and what becomes of them."""
