"""Every check of the project, one after the other: `python -m tests`."""

import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("importlinter.cli",),
    ("pytest", "--cov", "--cov-report=term"),
)


def main() -> int:
    """Run each check, stop at the first that fails, and return its exit status."""
    for module, *arguments in CHECKS:
        print(f"== {module} {' '.join(arguments)}", flush=True)
        status = subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
