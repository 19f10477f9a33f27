"""People who apply a standard have learned this version of it: questions, sittings, certificates, courses, contests."""
