"""The rules of access: what a segment of the audit trail is, and how what was done is told in plain words."""
