"""Grades: setting them, the catalogue of every decision, documents, corrections, and what is counted from
them (processes 32 and 33).
"""
