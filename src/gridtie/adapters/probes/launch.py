"""probe.py: starts the program beside it. Usage: probe.py challenge.json"""

import importlib
import sys

if __name__ == "__main__":
    sys.exit(importlib.import_module("program.main").main(sys.argv))
