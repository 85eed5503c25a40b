"""What a case may do, under which clock, and every named no. Pure."""

from minqing.work.cases.rules.clocks import *  # noqa: F403
from minqing.work.cases.rules.machine import *  # noqa: F403
from minqing.work.cases.rules.opinion import *  # noqa: F403
from minqing.work.cases.rules.refusals import *  # noqa: F403
from minqing.work.cases.rules.words import *  # noqa: F403
