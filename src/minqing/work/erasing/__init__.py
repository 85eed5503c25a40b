"""Erasing 删除个人信息 (PIPL art. 47): what a person said and who they are goes for good; that something was done, stays.

Words    erasure · ground (asked by the holder of the code, or kept long enough) · skeleton (what is never erased)
Doors    public (ask, take back), desk and api (two persons agree), /log (how many a month)
Below    every room that keeps words of a person
"""
