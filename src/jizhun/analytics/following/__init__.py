"""Did it happen that way? Steps of cases held against a procedure: the measure itself, on every engine.

``steps`` is how steps lie in the lake, ``flow`` the procedure as pairs of steps, ``sql`` the question as named steps
of SQL, ``reference`` the slow answer in plain Python that every engine must agree with.
"""
