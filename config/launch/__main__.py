"""`python -m config.launch`: what `manage.py up` becomes."""

import sys

from config.launch.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
