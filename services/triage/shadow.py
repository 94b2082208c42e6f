"""Shadow mode: a second understanding reads what the first decides, and where they differ is kept. It decides nothing.

So that an understanding that was learnt anew can be watched on a province's own messages before it takes over.
"""

import asyncio
from collections.abc import Sequence

from services.triage.domain.intake import Asked, Understood
from services.triage.domain.understanding import Decision, Understanding, decision_to_fields
from services.triage.store.shadow import Shadowed, differing


async def read_beside(
    shadow: Understanding | None, against: str, asked: Asked, standing: Sequence[Decision], news: Sequence[Understood]
) -> list[Shadowed]:
    """What the shadow makes of the same batch, off the event loop; nothing where there is none.

    `against`: the version of the understanding whose decisions stand.
    """
    if shadow is None or not asked.messages:
        return []
    others = await asyncio.to_thread(shadow.decide, asked.messages)
    found = []
    for each in news:
        at = asked.at.get(each.event.id)
        if at is not None:
            differs = differing(decision_to_fields(standing[at]), decision_to_fields(others[at]))
            found.append(Shadowed(each.turn.at, each.event.id, shadow.version, against, differs))
    return found
