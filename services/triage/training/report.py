"""What `make evaluate` prints: the table, the confusions, the calibration and the worst twenty."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from services.triage.domain.understanding import Category
from services.triage.training.figures import Figure, Judged, calibration, confusion, f1

WORST = 20
_BAR = 20  # characters of a full bar


def show(
    console: Console,
    judged: Sequence[Judged],
    table: Sequence[Figure],
    flips: Mapping[str, tuple[int, int]],
    worst: Sequence[Judged],
) -> None:
    """Everything, in the order in which one asks. `flips`: by form, (decisions that change, of how many)."""
    console.print(_figures(table))
    console.print(_flips(flips))
    console.print(_confusion(judged))
    console.print(_calibration(judged))
    console.print("\n[bold]Tệ nhất / The worst[/bold]")
    for each in worst:
        console.print(_mistake(each), highlight=False, markup=False)


def side_by_side(console: Console, standing: Mapping[str, float], candidate: Mapping[str, float]) -> None:
    """Two models' figures."""
    shown = Table(title="Mẫu đang dùng và mẫu mới / The standing model and the new one")
    for name in ("", "đang dùng / standing", "mới / new"):
        shown.add_column(name, justify="right" if name else "left")
    for name, value in standing.items():
        shown.add_row(name, f"{value:.3f}", f"{candidate[name]:.3f}")
    console.print(shown)


def _figures(table: Sequence[Figure]) -> Table:
    shown = Table(title="Độ đúng / Figures", title_justify="left")
    for name in ("", "đạt / is", "cần / reach", "mong / aim", "trên / of", ""):
        shown.add_column(name, justify="left" if not name else "right")
    for each in table:
        sign = "≤" if each.lower else "≥"
        met = "[green]✓[/green]" if each.reached else "[red]✗[/red]"
        shown.add_row(
            each.name, f"{each.value:.3f}", f"{sign} {each.reach:g}", f"{sign} {each.aim:g}", str(each.of), met
        )
    return shown


def _flips(flips: Mapping[str, tuple[int, int]]) -> Table:
    shown = Table(title="Gõ khác đi / The same words typed otherwise", title_justify="left")
    for name in ("", "đổi / changed", "trên / of", ""):
        shown.add_column(name, justify="right" if name else "left")
    for form, (changed, of) in flips.items():
        shown.add_row(form, str(changed), str(of), f"{changed / max(1, of):.1%}")
    return shown


def _confusion(judged: Sequence[Judged]) -> Table:
    counts = confusion(judged)
    shown = Table(title="Nhầm lẫn: hàng đúng, cột máy nói / Confusion: rows are right, columns were said")
    shown.add_column("")
    for said in Category:
        shown.add_column(said.value, justify="right")
    shown.add_column("F1", justify="right")
    for right in Category:
        row = [counts[right.value, said.value] for said in Category]
        shown.add_row(right.value, *(str(n) if n else "·" for n in row), f"{f1(judged, right):.2f}")
    return shown


def _calibration(judged: Sequence[Judged]) -> Table:
    shown = Table(title="Chắc chắn bao nhiêu, đúng bấy nhiêu? / How sure, how often right")
    for name in ("nói / stated", "đúng / true", "tin / messages", ""):
        shown.add_column(name, justify="right" if name else "left")
    for stated, true, count in calibration(judged):
        shown.add_row(f"{stated:.2f}", f"{true:.2f}", str(count), "█" * round(true * _BAR))
    return shown


def _mistake(j: Judged) -> str:
    said, right = j.decided, j.right
    flaws = []
    if not j.category_right:
        flaws.append(f"{right['category']} → {said.category.value}")
    if said.topic != right["topic"]:
        flaws.append(f"{right['topic']} → {said.topic}")
    if not j.commune_right:
        told = right["commune_2020"], right["commune_2025"]
        flaws.append(f"{right['place']} {told} → {said.place.value} {said.commune_2020, said.commune_2025}")
    if said.procedure != right["procedure"]:
        flaws.append(f"{right['procedure']} → {said.procedure}")
    return f"– {'; '.join(flaws)} ({said.confidence:.2f})\n  {said.id}: {j.message.text}"
