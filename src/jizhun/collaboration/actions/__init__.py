"""Acts of collaboration. Each module keeps one part of it; doors import from there."""
