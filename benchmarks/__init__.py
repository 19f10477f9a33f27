"""Each claim of speed as a command that anyone can run: ``python -m benchmarks.NAME``."""
