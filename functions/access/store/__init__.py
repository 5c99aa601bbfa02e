"""The access area's table: what people have been given, asked for and decided about data. Keys are built only
here.
"""
