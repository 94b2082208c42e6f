import pytest

from services.triage.domain.understanding import Understanding
from services.triage.understanding_data import load_understanding


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    return load_understanding(province="66")
