"""The programme as data: targets, measures, progress computed from the data here, what blocks, what is next."""
