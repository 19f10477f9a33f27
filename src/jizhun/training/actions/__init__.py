"""Acts of training. Each module keeps one part of it; doors import from here."""
