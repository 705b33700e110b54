"""``python -m gis`` is the ``mangqu`` command."""

from gis.cli import main

if __name__ == "__main__":
    main()
