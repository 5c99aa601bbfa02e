"""Documents of data protection, written from the code and its data: `python -m infra.generate`."""
