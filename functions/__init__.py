"""The municipality's school work: one package per process area, whose `app.py` is its table of contents."""
