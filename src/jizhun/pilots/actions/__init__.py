"""Acts of pilots. Each module keeps one part of it; doors import from there."""
