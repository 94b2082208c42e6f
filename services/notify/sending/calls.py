"""One call to the channel, and one question about a send in doubt: what they need, and what came of them."""

from dataclasses import replace
from datetime import timedelta
from time import time

import msgspec

from services.notify.domain.doubt import Look, Said, find, reaches_back, window
from services.notify.domain.outcomes import NotCalled, NotSent, Outcome
from services.notify.domain.pacing import Held, Paces
from services.notify.domain.words import for_group
from services.notify.senders.failures import SendFailure
from services.notify.senders.zalo import CHANNEL, LOOK_BACK, Answer, Message, ZaloSender
from services.notify.sending.leases import Leases
from services.notify.store import queue as store
from services.notify.store.queue import Claimed
from services.notify.tokens import Access, Tokens
from shared.database import Database, StoreUnavailable
from shared.identity import CannotOpen, Sealer
from shared.telemetry.logs import get_logger

log = get_logger(__name__)

PAGES_BACK = 5
"""Pages of a conversation that are looked through for one send in doubt."""

CLOCKS_DIFFER_SECONDS = 1.0


class Calls:
    """Talks to the channel for one send at a time."""

    def __init__(
        self,
        database: Database,
        sender: ZaloSender,
        tokens: Tokens,
        sealer: Sealer,
        leases: Leases,
        paces: Paces,
        *,
        skew: timedelta,
        call: timedelta,
    ) -> None:
        self._database = database
        self._sender = sender
        self._tokens = tokens
        self._sealer = sealer
        self._leases = leases
        self._paces = paces
        self._skew = skew
        self._call = call
        self.in_flight = 0

    async def send(self, claimed: Claimed, held: Held) -> Outcome:
        """Make the call whose intent is written. Raises nothing that would leave its end unknown."""
        send = claimed.send
        if not self._leases.valid(send.account, send.epoch):
            return NotCalled()
        if send.channel != CHANNEL:
            return NotSent(SendFailure.NO_ROAD)
        message = self._message(claimed)
        if message is None:
            return NotSent(SendFailure.IDENTITY_UNREADABLE)
        access = self._tokens.opened(send.account, claimed.sealed_token, claimed.token_epoch)
        if access is None:
            return NotSent(SendFailure.GRANT_LOST)
        answer = await self._say(held, message, access)
        if answer.token_refused:
            answer = await self._with_a_new_token(held, message, access)
        if isinstance(answer.outcome, NotSent) and answer.outcome.failure.value.alarm:
            log.error("send.refused", send=send.id, account=send.account, code=answer.outcome.code)
        return answer.outcome

    async def look(self, claimed: Claimed, held: Held, taken: set[tuple[str, str]]) -> tuple[Look, str | None]:
        """Ask what the page has said: (how much it could tell, the message's key if it was found).

        taken: (account, key) of sends found in this process and perhaps not yet written; what is found is added.
        """
        send, message = claimed.send, self._message(claimed)
        access = self._tokens.opened(send.account, claimed.sealed_token, claimed.token_epoch)
        if message is None or access is None or send.started_at is None:
            return Look.PARTLY, None
        when = window(send.started_at, skew=self._skew, call=self._call)
        for page in range(PAGES_BACK):
            self._paces.take(held, time())
            heard = await self._sender.conversation(message, access.token, offset=page * LOOK_BACK)
            if heard.answer is not None:
                await self._note(held, heard.answer, access)
                return Look.UNANSWERED, None
            used = await self._used(send.account, heard.messages) | taken
            keys = {key for account, key in used if account == send.account}
            found = find(heard.messages, text=message.text, used=keys, window=when)
            if found is not None:
                taken.add((send.account, found))
                return Look.WHOLE, found
            if len(heard.messages) < LOOK_BACK or reaches_back(heard.messages, when):
                return Look.WHOLE, None
        return Look.PARTLY, None

    async def _say(self, held: Held, message: Message, access: Access) -> Answer:
        """Ask once; where the request is refused with its quote, once more without: the quoted message may be gone."""
        answer = await self._ask(held, message, access)
        if message.quoted_key is None or answer.outcome != NotSent(SendFailure.BAD_REQUEST, answer.code):
            return answer
        self._paces.take(held, time())
        return await self._ask(held, replace(message, quoted_key=None), access)

    async def _ask(self, held: Held, message: Message, access: Access) -> Answer:
        self.in_flight += 1
        try:
            answer = await self._sender.send(message, access.token)
        finally:
            self.in_flight -= 1
        self._pace(held, answer)
        return answer

    async def _with_a_new_token(self, held: Held, message: Message, access: Access) -> Answer:
        """Nothing was sent: renew once and call again. A second refusal lets the page's queue stand still."""
        try:
            newer = await self._tokens.renewed(held.account, than=access.epoch)
            if newer is None:
                await self._tokens.refused(held.account, access.epoch)
                return Answer(NotSent(SendFailure.GRANT_LOST))
        except StoreUnavailable:
            return Answer(NotSent(SendFailure.TRY_LATER))
        self._paces.take(held, time())
        return await self._say(held, message, newer)

    async def _note(self, held: Held, answer: Answer, access: Access) -> None:
        """What a question's refusal means for the pace and the token; the question is asked again later."""
        self._pace(held, answer)
        if answer.token_refused:
            await self._tokens.renewed(held.account, than=access.epoch)

    def _pace(self, held: Held, answer: Answer) -> None:
        now = time()
        if isinstance(answer.outcome, NotSent) and answer.outcome.failure is SendFailure.THROTTLED:
            self._paces.refused(held, answer.told, now, extra=CLOCKS_DIFFER_SECONDS)
        elif answer.told is not None:
            self._paces.tell(held, answer.told, now, in_flight=self.in_flight)

    async def _used(self, account: str, said: tuple[Said, ...]) -> set[tuple[str, str]]:
        keys = [(account, one.key) for one in said if one.by_page]
        return await store.used_keys(self._database, keys) if keys else set()

    def _message(self, claimed: Claimed) -> Message | None:
        """None: the sealed address cannot be opened."""
        send = claimed.send
        if send.kind == "alert":
            return Message(for_group(claimed.words), group_id=send.recipient)
        try:
            opened = self._sealer.open("identity", send.recipient, claimed.sealed or "")
            user_id = str(msgspec.json.decode(opened)["user_id"])
        except (CannotOpen, msgspec.DecodeError, KeyError, TypeError):
            return None
        return Message(claimed.words, user_id=user_id, quoted_key=claimed.quoted_key)
