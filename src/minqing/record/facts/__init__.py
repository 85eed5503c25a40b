"""Facts: what happened, in order, for each subject; handed out to reactions.

Words    subject · fact · reaction
Doors    none; timelines read facts through the rooms above
Below    log (the leaf of each fact)
"""
