"""What a detector may see, and what it says: suspicions out of facts that are already there.

A detector is a pure function of `rows.Rows`; `registry` lists them; `queries` shape the rows;
`tasks` run them; a suspicion is told to those who decide and to nobody else.
"""
