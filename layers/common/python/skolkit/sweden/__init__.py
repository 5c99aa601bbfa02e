"""Swedish value types: identity numbers, the codes of schools and municipalities, public holidays, the school
year.

Import the module you need (`from skolkit.sweden.codes import SchoolUnitCode`); this package imports none of
them, so that a function which only needs a code does not pay for the calendar.
"""
