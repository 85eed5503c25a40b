"""Parts of every page: the look, the shapes templates take, forms, charts, languages, refusals.

Words: slip (登记回执), light (亮灯), worklist (办件列表), refusal (不能办的答复). Every door leads here; parts know no door.
The gallery at /gallery shows each part in all its forms with the line that calls it.
"""
