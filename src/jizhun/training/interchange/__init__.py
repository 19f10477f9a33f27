"""Questions to and from other programs: Moodle XML and QTI 3.0, with a report of what could not be taken over."""
