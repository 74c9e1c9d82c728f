"""`python -m karvan` is the command `karvan`."""

import sys

from karvan.cli import main

sys.exit(main())
