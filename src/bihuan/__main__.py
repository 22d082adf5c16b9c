"""`python -m bihuan`: what the `bihuan` command in the repository's root runs."""

from bihuan.cli import main

if __name__ == "__main__":
    main()
