"""Monitor 期限对账: whether the county kept its time limits, told from the log's facts and their sealed times alone.

It reads no clock, state or light of the rooms it judges: who changes those changes nothing here, and who changes a fact is
found by `minqing log verify`.

Words    matter · breach · report
Doors    public (/log), the command line (minqing log monitor)
Below    facts, log, offices
"""
