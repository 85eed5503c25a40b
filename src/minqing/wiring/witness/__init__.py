"""The witness 见证机关: one small program on somebody else's machine. Own folder, own key, own file; nothing of the county's.

keeping  the folder: the key, the logs it trusts, every head it has ever cosigned (SQLite)
judging  what it answers to a head: kept durably first, cosigned and told afterwards
serving  C2SP tlog-witness over HTTP
"""
