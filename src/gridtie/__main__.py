"""The `gridtie` command: Ctrl-C while its parts are still being read ends in a word, too, and not in a traceback."""

import sys


def main() -> int:
    try:
        from gridtie.cli.main import main as command
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return 130
    return command()


if __name__ == "__main__":
    raise SystemExit(main())
