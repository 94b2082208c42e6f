"""`python -m bench.triage.understanding`: messages understood a second by one core, as one line of JSON.

A process of its own, so that what it imports and how many threads its arithmetic may use are the measurement's alone.
CPU time of the whole process counts, whatever thread it is spent in.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import process_time
from typing import TypeVar

from bench.triage.texts import evaluation, training
from services.triage.domain.understanding.examine import Examined, examine
from services.triage.domain.understanding.judgement import Judge, Judgement
from services.triage.domain.understanding.message import Message
from services.triage.domain.understanding.reading import read
from services.triage.understanding_data import load_lexicon, load_model, load_places, load_understanding
from shared.gazetteer import Gazetteer

BATCH = 500
PASSES = 4
"""Times the set is gone through: it is soon done, and nothing remembers a whole message, only words of it."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For the environment of the process: read when numpy is imported."""

T = TypeVar("T")


@dataclass(frozen=True)
class Understood:
    """Messages a second by one core; of which lines; and where the time goes, shares of the whole."""

    rate: float
    messages: int
    letters: float
    with_conversation: float
    reading: float
    hearing: float
    judging: float
    placing: float

    @property
    def telling(self) -> float:
        """What is left: the reasons, and the decision put together."""
        return max(0.0, 1 - self.reading - self.hearing - self.judging - self.placing)


def measure(messages: Sequence[Message]) -> Understood:
    """All of them, in batches; then part by part, each over all."""
    understanding = load_understanding()
    understanding.decide(training()[:BATCH])
    _, whole = timed(lambda: [understanding.decide(batch) for batch in batches(messages)])
    reading, hearing, judging, placing = parts(messages)
    return Understood(
        rate=len(messages) / whole,
        messages=len(messages),
        letters=sum(len(message.text) for message in messages) / len(messages),
        with_conversation=sum(bool(message.conversation) for message in messages) / len(messages),
        reading=reading / whole,
        hearing=hearing / whole,
        judging=judging / whole,
        placing=placing / whole,
    )


def parts(messages: Sequence[Message]) -> tuple[float, float, float, float]:
    """CPU seconds of reading words, hearing signs and features in them, judging by the model, and placing."""
    lexicon = load_lexicon()
    judge, places = Judge(load_model(), lexicon), load_places(Gazetteer.load(province="66"))
    _, reading = timed(lambda: [read(m.text, lexicon.shorthand) for m in messages])
    examined, examining = timed(lambda: [examine(m.text, lexicon, m.conversation) for m in messages])
    judged, judging = timed(lambda: judged_in_batches(judge, messages, examined))
    told = list(zip(messages, judged, strict=True))
    _, placing = timed(lambda: [places.locate(m, j.category, j.topic) for m, j in told])
    return reading, examining - reading, judging, placing


def judged_in_batches(judge: Judge, messages: Sequence[Message], examined: Sequence[Examined]) -> list[Judgement]:
    pairs = [(one, message.conversation) for one, message in zip(examined, messages, strict=True)]
    return [judged for batch in batches(pairs) for judged in judge.judge(batch)]


def batches(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the CPU seconds it took."""
    began = process_time()
    done = work()
    return done, process_time() - began


def main() -> None:
    sys.stdout.write(json.dumps(asdict(measure(evaluation() * PASSES))))


if __name__ == "__main__":
    main()
