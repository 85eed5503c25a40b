"""python -m minqing.wiring.reference"""

import sys

from minqing.wiring.reference import main

sys.exit(main())
