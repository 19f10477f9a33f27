"""Open Badges 3.0: a certificate as a W3C verifiable credential, signed with the instance's own key. No Django here.

``quads`` says what a document means (RDF), ``keys`` keeps the issuer's keys, ``signing`` puts proofs on documents,
``status`` writes which certificates no longer count, ``credentials`` writes the documents themselves.
"""
