"""What is over is deleted, or packed for the archive and then deleted, in every area by its own writers.

Access publishes `access.RetentionAsked.v1`; every area with something that the plan deletes or archives hears
it, walks its own table and answers `<area>.RetentionAnswered.v1` with counts and, of a real run, proofs
(decision 0021).
"""
