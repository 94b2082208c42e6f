"""HTTP in, for officers: the register of pages and groups, and what was raised."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Router, get
from litestar.params import FromQuery, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from services.ingest.domain.accounts import Account
from services.ingest.store import accounts, raised
from services.ingest.store.raised import Raised
from shared.access.gate import requires
from shared.access.officers import Role
from shared.database import Database

PAGE_LIMIT = 500


class AccountView(BaseModel):
    """A page or a group, whose it is and since when."""

    model_config = ConfigDict(frozen=True)

    channel: str = Field(description="The channel, such as `zalo`.")
    account: str = Field(description="The page's or group's id at the channel.")
    kind: Literal["page", "group"]
    page: str = Field(description="The page itself, or the page that made the group.")
    app: str = Field(description="The app whose webhook tells of it.")
    name: str = Field(description="Empty for a group whose name is not known yet.")
    unit: str | None = Field(description="The unit that answers for it.")
    commune_2020: str | None = Field(description="Commune code in the structure of 2020.")
    commune_2025: str | None = Field(description="Commune code in today's structure; none where the old one was split.")
    district_2020: str | None = Field(description="District code of 2020.")
    village: str | None = Field(description="The village a group belongs to, by the province's map.")
    valid_from: date | None
    valid_to: date | None
    state: Literal["active", "closed"]
    changed_at: datetime


class AccountsView(BaseModel):
    """One page of the register."""

    model_config = ConfigDict(frozen=True)

    accounts: list[AccountView]
    next: str | None = Field(description="Give it as `after` to go on; none at the end.")


class RaisedView(BaseModel):
    """Signed pushes kept because nobody could read or place them. Never their content."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: int
    channel: str
    account: str = Field(description="The page they name, or `unknown`.")
    reason: str = Field(description="unknown_event, unknown_page or unreadable.")
    name: str = Field(description="The channel's own name of the event.")
    pushes: int = Field(description="How many came.")
    first_at: datetime
    last_at: datetime


class RaisedListView(BaseModel):
    """One page of what was raised, the newest kinds first."""

    model_config = ConfigDict(frozen=True)

    raised: list[RaisedView]
    next: int | None = Field(description="Give it as `before` to go on; none at the end.")


Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_LIMIT, description="Rows at most.")]
After = Annotated[str, QueryParameter(max_length=64, description="Go on after this account.")]
Before = Annotated[int | None, QueryParameter(ge=1, description="Go on before this id.")]


def router(database: Database, province: str) -> Router:
    """The routes under /api/v1."""

    @get("/accounts", summary="The register of pages and groups", tags=["register"], guards=[requires()])
    async def list_accounts(
        after: After = "",
        kind: FromQuery[Literal["page", "group"] | None] = None,
        page: FromQuery[str | None] = None,
        limit: Limit = 100,
    ) -> AccountsView:
        """In the order of their ids. `page` narrows to one page and the groups it made."""
        found = await accounts.listed(database, province, after=after, kind=kind, page=page, limit=limit)
        views = [_account(account, changed_at) for account, changed_at in found]
        return AccountsView(accounts=views, next=views[-1].account if len(views) == limit else None)

    @get(
        "/raised",
        summary="Pushes that a person should look at",
        tags=["register"],
        guards=[requires(Role.ADMINISTRATOR, Role.DISPATCHER)],
    )
    async def list_raised(before: Before = None, limit: Limit = 100) -> RaisedListView:
        """By what they are, with how many came: an event nobody knows, a page nobody registered."""
        found: list[Raised] = await raised.listed(database, province, before=before, limit=limit)
        views = [RaisedView.model_validate(one) for one in found]
        return RaisedListView(raised=views, next=views[-1].id if len(views) == limit else None)

    return Router("/api/v1", route_handlers=[list_accounts, list_raised])


def _account(account: Account, changed_at: datetime) -> AccountView:
    shown: dict[str, Any] = {name: getattr(account, name) for name in AccountView.model_fields if name != "changed_at"}
    return AccountView(**shown, changed_at=changed_at)
