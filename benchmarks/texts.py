"""What the start costs, by module, and what a message costs to be written in the alphabet of SMS."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from statistics import median

from benchmarks.servers import ROOT
from models import gsm

_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")
_FRENCH = (
    "Coop Kogbera : réunion le 28/11 à 8h30, Hangar de lavage. Ordre du jour : dangers du mercure, "
    "laver sans mercure, gants et masques. Répondez 1 ou 2…"
)
_BAMBARA = (
    "Kogbera ka jɛkulu : ɲɔgɔnye bɛ kɛ ntɛnɛdon, sɔgɔma, lɛri 8. Kuma bɛ ɲɛsin mɛrikiri bana ma, "
    "ani sanu kobɔcogo ɲuman ma. A' ye na joona, a' ni ce."
)
MESSAGES = {"fr": _FRENCH[:140], "bm": _BAMBARA[:140]}


def imports(settings: Mapping[str, str]) -> tuple[float, list[tuple[str, float]]]:
    """Milliseconds to import the web process, and the five dearest packages with what they were first to bring in."""
    command = [sys.executable, "-X", "importtime", "-c", "import wsgi"]
    environ = {**os.environ, **settings}
    told = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stderr
    found = [(len(depth), name, int(total) / 1000) for _own, total, depth, name in _LINE.findall(told)]
    whole = next(total for _depth, name, total in found if name == "wsgi")
    packages: dict[str, float] = {}
    for _depth, name, total in found:
        if "." not in name and name not in ("wsgi", "site", "ussd_app"):
            packages[name] = max(total, packages.get(name, 0.0))
    dearest = sorted(packages.items(), key=lambda each: -each[1])
    return whole, dearest[:5]


def conversion(language: str, times: int = 2_000) -> float:
    """Microseconds to convert one message of 140 characters, each message another."""
    message = MESSAGES[language]
    laps = []
    for lap in range(7):
        began = time.perf_counter()
        for number in range(times):
            gsm.to_gsm7(f"{message[:-4]}{(lap * times + number) % 10_000:04d}", language)
        laps.append((time.perf_counter() - began) / times)
    return median(laps) * 1e6
