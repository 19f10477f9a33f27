"""Operating procedures: what the office does, step by step, as a table and as a diagram."""
