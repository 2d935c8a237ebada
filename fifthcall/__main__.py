import sys

from fifthcall.cli import main

sys.exit(main())
