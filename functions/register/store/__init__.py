"""The register's table: one partition per person. Keys are built only here.

Everything about a person's identity, custody and enrolment is read by one consistent query on `PERSON#<id>`;
a guardian's children are in the guardian's own partition, both directions written by the same transaction.
"""
