"""python -m minqing.wiring.cli"""

import sys

from minqing.wiring.cli import main

if __name__ == "__main__":
    sys.exit(main())
