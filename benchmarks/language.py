"""Language identification on our own sentences: ours, py3langid and lingua in one run.

    python benchmarks/language.py            needs lingua-language-detector installed

Reads `language.tsv` beside this file: tag, `short` (a headline) or `long` (a sentence), text. The
sentences were written for this project by those who chose the word lists, so our own figures are
an upper bound; the comparison is fair to the others in language, who know no `fa-AF`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from lingua import LanguageDetectorBuilder
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from zancrawler.extraction.language import detect

SENTENCES = Path(__file__).with_name("language.tsv")


def sentences() -> list[tuple[str, str, str]]:
    """(tag, length, text) of every sentence."""
    lines = SENTENCES.read_text("utf-8").splitlines()
    return [(tag, length, text) for tag, length, text in (line.split("\t") for line in lines)]


def detectors() -> dict[str, Callable[[str], str]]:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    lingua = LanguageDetectorBuilder.from_all_languages().build()

    def ours(text: str) -> str:
        guess = detect(text)
        return guess.tag if guess else "und"

    def ours_for_an_outlet(text: str) -> str:
        guess = detect(text, ("fa-AF", "ps", "en"))
        return guess.tag if guess else "und"

    def by_lingua(text: str) -> str:
        language = lingua.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else "und"

    return {
        "ours": ours,
        "ours, Afghan outlet": ours_for_an_outlet,
        "py3langid": lambda text: model.classify(text)[0],
        "lingua": by_lingua,
    }


def main() -> None:
    texts = sentences()
    sizes = Counter((tag, length) for tag, length, _ in texts)
    print("| detector | tag | short: language | short: tag | long: language | long: tag |")
    print("|---|---|---|---|---|---|")
    for name, detector in detectors().items():
        detector("warm up the models, please")
        detector("مدل‌ها")
        language: Counter[tuple[str, str]] = Counter()
        exact: Counter[tuple[str, str]] = Counter()
        start = time.perf_counter()
        for tag, length, text in texts:
            answer = detector(text)
            language[tag, length] += answer.split("-")[0] == tag.split("-")[0]
            exact[tag, length] += answer == tag
        milliseconds = (time.perf_counter() - start) * 1000 / len(texts)
        for tag in dict.fromkeys(tag for tag, _, _ in texts):
            cells = [
                f"{counts[tag, length] / sizes[tag, length]:.2f}"
                for length in ("short", "long")
                for counts in (language, exact)
            ]
            print(f"| {name} | {tag} | {' | '.join(cells)} |")
        print(f"| {name} | {milliseconds:.2f} ms a text | | | | |")


if __name__ == "__main__":
    main()
