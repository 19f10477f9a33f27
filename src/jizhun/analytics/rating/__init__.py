"""What do people say of it? Ratings of services: the measure itself, on every engine.

``reviews`` is how ratings lie in the lake, ``sql`` the questions as named steps of SQL, ``reference`` the slow answer
in plain Python that every engine must agree with.
"""
