"""`python -m services.triage.training`: fit the model, evaluate understanding, learn from corrections."""

import sys
from pathlib import Path

from cyclopts import App
from rich.console import Console

from services.triage.training.evaluation import FOLDER as EVALUATION
from services.triage.training.evaluation import flips, judge, read_evaluation
from services.triage.training.figures import figures
from services.triage.training.figures import worst as worst_of
from services.triage.training.report import WORST, show
from services.triage.training.texts import FOLDER as TEXTS
from services.triage.training.texts import read_texts
from services.triage.understanding_data import MODEL, load_lexicon, load_understanding

app = App(name="services.triage.training", help=__doc__)


@app.command
def fit(out: Path = MODEL, texts: Path = TEXTS) -> None:
    """Training text → the model's file (a minute or two). The same text gives the same file."""
    from services.triage.training.learn import learn  # noqa: PLC0415 - scikit-learn takes a second to import

    examples = read_texts(texts)
    learn(examples, load_lexicon(), out, Console(stderr=True))


@app.command
def evaluate(folder: Path = EVALUATION, *, province: str = "66", worst: int = WORST, model: Path = MODEL) -> None:
    """Figures of understanding on the evaluation set; ends with 1 where one is not reached."""
    understanding = load_understanding(province, model=model)
    judged = judge(understanding, read_evaluation(folder))
    table = figures(judged, flips(understanding, judged))
    show(Console(), judged, table, worst_of(judged, worst))
    sys.exit(0 if all(each.reached for each in table) else 1)


if __name__ == "__main__":
    app()
