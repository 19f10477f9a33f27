"""Regional collaboration: areas, side by side, joint standards, mutual recognition, handling across regions."""
