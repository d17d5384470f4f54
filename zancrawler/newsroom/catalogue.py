"""The newsroom's outlets as a catalogue: the TOML files from which a crawler knows them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from zancrawler.newsroom.edition import FIRST_DAY


def write_catalogue(folder: Path, homes: dict[str, str]) -> Path:
    """Write one TOML per outlet into `folder`, for a newsroom served at `homes`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, home in homes.items():
        file = resources.files("zancrawler.newsroom") / "outlets" / f"{name}.toml"
        source = file.read_text(encoding="utf-8")
        for place, value in (
            ("{home}", home),
            ("{port}", str(urlsplit(home).port)),
            ("{checked}", str(FIRST_DAY)),
        ):
            source = source.replace(place, value)
        (folder / f"{name}.toml").write_text(source, encoding="utf-8")
    return folder
