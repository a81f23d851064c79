"""The weekly report of a lifter: what was done, how near to failure, what it cost, how it felt, what comes next.

`queries` builds its records (`models`) from the tables, `charts` turns them into figures (data, a sentence, a table each),
`plots` draws these, `page` (HTML) and `sheet` (PDF, PNG) lay them out with the `sentences`, `routes` serves it.
"""
