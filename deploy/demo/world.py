"""The history as Zalo's servers know it: pages, who followed when, posts and views, groups. For the simulator."""

from collections.abc import Iterator
from typing import Final

from deploy.demo.history.plan import Plan
from deploy.demo.simulator import Row, Simulator

MEMBERS: Final = (28, 97)
"""A village group's size, from and to; a group of Zalo's middle package holds 100."""


async def build(simulator: Simulator, plan: Plan) -> None:
    """Load everything; sent again it replaces."""
    await simulator.save("pages", pages(plan))
    await simulator.save("articles", articles(plan))
    await simulator.save("groups", groups(plan))
    await simulator.save("followers", followers(plan))


def pages(plan: Plan) -> Iterator[Row]:
    for page, opening in zip(plan.pages, plan.openings, strict=True):
        yield {"oa_id": page.id, "name": page.name, "app_id": page.app_id, "verified_at": opening.verified_at}


def followers(plan: Plan) -> Iterator[Row]:
    for follow in plan.follows:
        yield {
            "oa_id": plan.pages[follow.page].id,
            "person": plan.ids.person(follow.person),
            "followed_at": follow.at,
            "unfollowed_at": follow.until,
            "user_id_by_app": plan.ids.by_app(follow.person),
        }


def articles(plan: Plan) -> Iterator[Row]:
    """Views grow for two weeks or until the history ends, and then stand: their sum is the published one."""
    for post in plan.posts:
        yield {
            "oa_id": plan.pages[post.page].id,
            "id": post.id,
            "title": post.title,
            "create_date": post.at,
            "views": post.views,
            "shares": post.shares,
            "until": plan.end,
        }


def groups(plan: Plan) -> Iterator[Row]:
    few, many = MEMBERS
    for number, group in enumerate(plan.groups):
        page = plan.pages[group.page]
        yield {
            "group_id": group.village.group,
            "oa_id": page.id,
            "name": f"An ninh {group.village.name} - {page.commune}"[:100],
            "created_at": group.at,
            "members": few + number * 37 % (many - few),
        }
