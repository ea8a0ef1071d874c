"""All figures, or those of some tables: `python -m tests.benchmarks lag cost`, for instance.

Each prints what it has measured as a table of Markdown. Figures in seconds depend on the machine
and on what else it does; the ratios, to a yardstick of the same run, do so less.
"""

import argparse
import asyncio

from tests.benchmarks import blocking, cost, growth, history, lag, start

TABLES = {
    "lag": lag.main,
    "cost": cost.main,
    "start": start.main,
    "blocking": blocking.main,
    "growth": growth.main,
    "history": history.main,
}


def main() -> None:
    """Print the tables that are named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="table", help=", ".join(TABLES))
    wanted = parser.parse_args().tables or list(TABLES)
    if unknown := [name for name in wanted if name not in TABLES]:
        parser.error(f"there is no {unknown[0]}: choose of {', '.join(TABLES)}")
    for name in wanted:
        print(f"\n## {name}\n", flush=True)
        asyncio.run(TABLES[name]())


if __name__ == "__main__":
    main()
