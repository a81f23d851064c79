"""The weekly report of a lifter: what was done, how near to failure, what it cost, how it felt, what comes next.

`facts` are its nouns, `gathering` reads them from the tables, `charts` makes figures of them (data, words, a table each),
`drawing` draws these, `page` puts them on a page, `doors` answers with it.
"""
