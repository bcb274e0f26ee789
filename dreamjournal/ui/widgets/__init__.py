"""Small reusable pieces of the window; each paints itself in every theme and text scale."""
