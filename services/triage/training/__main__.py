"""`python -m services.triage.training`: fit the model, evaluate understanding, learn from officers' corrections."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile

from cyclopts import App
from rich.console import Console

from services.triage.domain.understanding import Understanding
from services.triage.training.evaluation import FOLDER as EVALUATION
from services.triage.training.evaluation import FORMS, flips, judge, read_evaluation
from services.triage.training.figures import figures
from services.triage.training.figures import worst as worst_of
from services.triage.training.report import WORST, show, side_by_side
from services.triage.training.texts import FOLDER as TEXTS
from services.triage.training.texts import TextInvalid, read_texts
from services.triage.understanding_data import MODEL, load_lexicon, load_understanding

app = App(name="services.triage.training", help=__doc__)


@app.command
def fit(out: Path = MODEL, texts: Path = TEXTS) -> None:
    """Training text → the model's file (some minutes). The same text gives the same weights."""
    from services.triage.training.learn import learn  # noqa: PLC0415 - scikit-learn takes seconds to import

    try:
        examples = read_texts(texts)
    except (TextInvalid, OSError) as error:
        sys.exit(f"training: {error}")
    if not examples:
        sys.exit(f"training: {texts}: không có văn bản để học / no *.txt to learn from")
    learn(examples, load_lexicon(), out, Console(stderr=True))


@app.command
def evaluate(folder: Path = EVALUATION, *, province: str = "66", worst: int = WORST, model: Path = MODEL) -> None:
    """Figures of understanding on the evaluation set; ends with 1 where one that the guide asks is not reached."""
    understanding = _opened(model, province)
    try:
        judged = judge(understanding, read_evaluation(folder))
    except (TextInvalid, OSError) as error:
        sys.exit(f"training: {error}")
    changed = {name: flips(understanding, judged, form) for name, form in FORMS.items()}
    table = figures(judged, changed["without diacritics"])
    show(Console(), judged, table, changed, worst_of(judged, worst))
    sys.exit(0 if all(each.reached for each in table) else 1)


@app.command
def retrain(*corrections: Path, out: Path, record: Path, standing: Path = MODEL, province: str = "66") -> None:
    """Fit anew with officers' CORRECTIONS (`python -m services.triage examples export`) and judge both models.

    The new model is written to OUT; both models' figures are added to RECORD, a line of JSON a run. Ends with 1 where
    the new one is not better: then leave BINHYEN_MODEL_FILE as it is.
    """
    from services.triage.training.retrain import read_corrections  # noqa: PLC0415 - as above
    from services.triage.training.retrain import retrain as learn_anew  # noqa: PLC0415

    console = Console()
    try:
        examples = read_corrections(corrections)
    except (TextInvalid, OSError) as error:
        sys.exit(f"training: {error}")
    if not examples:
        sys.exit("training: chưa có sửa chữa nào để học / no corrections to learn from")
    outcome = learn_anew(examples, load_lexicon(), _opened(standing, province), out, province, console)
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": datetime.now(UTC).isoformat(), **outcome.record()}, ensure_ascii=False) + "\n")
    side_by_side(console, outcome.standing.figures, outcome.candidate.figures)
    if not outcome.promoted:
        console.print("[red]không thay / not promoted[/red]", *outcome.against, sep="\n  ")
        sys.exit(1)
    console.print(f"[green]thay được / promoted[/green]: BINHYEN_MODEL_FILE={out}")


def _opened(model: Path, province: str) -> Understanding:
    """Ends with 1 and a sentence where the model's file is none, or the province is not known."""
    try:
        return load_understanding(province, model=model)
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        sys.exit(f"training: không mở được mô hình / the model cannot be opened: {model}, {province}: {error}")


if __name__ == "__main__":
    app()
