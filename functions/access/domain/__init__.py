"""Rules of data protection: what is kept why and how long."""
