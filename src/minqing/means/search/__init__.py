"""Finding texts by two characters or more, exactly, without a dictionary. 检索

Words    find 查找 · put 收录
Doors    desk/worklist.py and others, through the owner's queries, which pass the reach

The worker fills it; nothing here is written at intake. The extension intarray must never be installed beside it:
its operators hide the index.
"""
