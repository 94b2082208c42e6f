"""What understanding decides and is worth, for the pages: made by the code, so that they stay true."""

from pathlib import Path

from services.triage.domain.understanding import Decision, Message, Place, message_from_line
from services.triage.domain.understanding.reasons import CATEGORIES, REVIEWS
from services.triage.training.evaluation import flips, judge, read_evaluation
from services.triage.training.figures import figures
from services.triage.understanding_data import load_understanding
from shared.gazetteer import Gazetteer, Register, Structure, structure_on

MESSAGES = Path(__file__).parent / "snippets" / "messages.jsonl"


def ten_decisions() -> str:
    """A list item a message: its words, the decision, and the reasons as an officer reads them."""
    messages = [message_from_line(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    decisions = load_understanding().decide(messages)
    register = Gazetteer.load()
    return "\n".join(shown(*each, register) for each in zip(messages, decisions, strict=True))


def shown(message: Message, decision: Decision, register: Register) -> str:
    """One of them."""
    asked = f"{message.conversation[-1].text} → " if message.conversation else ""
    said = [CATEGORIES[decision.category], decision.procedure or decision.topic, place_of(message, decision, register)]
    said += [REVIEWS[review] for review in decision.review]
    head = f"{decision.id}. {asked}*“{message.text}”*  "
    return "\n".join(
        [head, f"   **{' · '.join(said)}** ({decision.confidence:.0%})  ", f"   {' '.join(decision.reasons)}"]
    )


def place_of(message: Message, decision: Decision, register: Register) -> str:
    """The commune in the structure in force, how many it may be, or that it is elsewhere."""
    structure = structure_on(message.occurred_on)
    code = decision.commune_2020 if structure is Structure.OF_2020 else decision.commune_2025
    commune = register.commune(structure, code)
    if commune:
        return commune.address
    if decision.place is Place.OUTSIDE and decision.province:
        province = register.province_named_by(structure, decision.province)
        return f"ngoài tỉnh: {province.name}" if province else "ngoài tỉnh"
    return f"một trong {len(decision.candidates)} xã" if decision.candidates else "không rõ nơi"


def evaluation_table() -> str:
    """The figures of `make evaluate`, a row each."""
    understanding = load_understanding()
    judged = judge(understanding, read_evaluation())
    rows = ["| figure | is | reach | aim | messages | |", "|---|---|---|---|---|---|"]
    for each in figures(judged, flips(understanding, judged)):
        sign = "≤" if each.lower else "≥"
        met = "✓" if each.reached else "✗"
        rows.append(
            f"| {each.name} | {each.value:.3f} | {sign} {each.reach:g} | {sign} {each.aim:g} | {each.of} | {met} |"
        )
    return "\n".join(rows)
