"""Signatures in PDFs (PAdES): who signed, with what certificate, and whether it still holds.

Needs the layer `signing`. Bytes in, bytes out: nothing here knows what a page says or where it is kept. Keys
of the municipality never leave KMS; a person's key lives for one signature.
"""
