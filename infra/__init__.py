"""Everything around the functions: what is built in AWS, and how the same thing runs on one machine."""
