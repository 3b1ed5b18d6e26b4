"""佣金: the ledger of who is paid for which deal, and on which decision."""
