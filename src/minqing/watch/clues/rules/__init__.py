"""What a clue may do, who must not come near it, how it is opened, and what the public log sees of it. Pure."""

from minqing.watch.clues.rules.machine import *  # noqa: F403
from minqing.watch.clues.rules.opening import *  # noqa: F403
from minqing.watch.clues.rules.refusals import *  # noqa: F403
from minqing.watch.clues.rules.routing import *  # noqa: F403
from minqing.watch.clues.rules.shapes import *  # noqa: F403
from minqing.watch.clues.rules.slots import *  # noqa: F403
from minqing.watch.clues.rules.words import *  # noqa: F403
