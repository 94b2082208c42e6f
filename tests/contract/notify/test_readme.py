"""The README says what the code says."""

from services.notify.senders.zalo import CODES
from services.notify.settings import NotifySettings
from shared.service.settings import ServiceSettings
from tests.servers import PROJECT

README = (PROJECT / "services/notify/README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_with_its_meaning() -> None:
    own = NotifySettings.model_fields.keys() - ServiceSettings.model_fields.keys()
    rows = {line.split("`")[1]: line for line in README.splitlines() if line.startswith("| `BINHYEN_")}
    assert set(rows) == {f"BINHYEN_{name.upper()}" for name in own}
    for name in own:
        description = NotifySettings.model_fields[name].description
        assert description
        assert description in rows[f"BINHYEN_{name.upper()}"]


def test_every_code_is_in_the_channels_page() -> None:
    page = (PROJECT / "docs/channels/zalo-sending.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"−{-code}" not in page] == []
