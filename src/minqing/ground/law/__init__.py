"""Law 法: which rule, which day, which article, whose business; and what time it is for the law.

Words    rule 期限规则 · due 最迟哪天 · article 政策条文 · catalogue 派单目录 · calendar 工作日历 · legal now
Doors    desk pages of rules and articles; `minqing clock`; every room that owes somebody a date
Below    methods/clock (the sum), record/facts (who changed a rule)

Shipped rows are the CSV files of `data/`. A county adds dated rows of its own, each proposed by one person and
approved by another; a row in force outranks the shipped one of the same key.
"""
