"""The registers that an office kept in Excel or CSV: taken in, judged row by row, and written down.

A file goes through four rooms: `files` and `encodings` look at it before anything opens it,
`sheets` streams its rows, `columns` and `reading` turn cells into values, `judging` gives each row
its verdict. Only then does a person sign, and `services` writes the rows into the journal.
"""
