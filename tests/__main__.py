"""Every check of the project, one after the other: `python -m tests`."""

import subprocess
import sys
import sysconfig
from pathlib import Path

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports", "--no-logo"),
    # Four at once: the end-to-end tests mostly wait, as Telegram's pace wants it.
    ("pytest", "--numprocesses=4", "--cov", "--cov-report=term"),
)


def main() -> int:
    """Run each check, stop at the first that fails, and return its exit status."""
    scripts = Path(sysconfig.get_path("scripts"))
    for name, *arguments in CHECKS:
        print("==", name, *arguments, flush=True)  # noqa: T201 (it is a command)
        status = subprocess.run([scripts / name, *arguments], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
