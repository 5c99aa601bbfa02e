"""Tables that people keep (CSV, Excel), taken in and given out as jobs (decision 0018).

`formats` reads and writes files · `columns` says what columns are · `plans` is what an area declares ·
`items` and `bucket` are where things are · `intake`, `undoing`, `exports` and `withdrawal` do the work ·
`desk` is the HTTP side, `work` the worker's.
"""
