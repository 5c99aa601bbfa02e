"""Files the organisation takes. Each row is known by a stable key: the same file again changes nothing."""
