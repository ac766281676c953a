"""The catalog against the events pages of two days, and the tables against the catalog."""

from datetime import date
from pathlib import Path

import pytest

from iaccheck.errors import UsageError
from iaccheck.facts import Call, Facts, Table

PAGES = {
    date(2023, 4, 18): 34,
    date(2026, 7, 2): 38,
}


def page(day: date) -> set[str]:
    return set((Path(__file__).parent / "data" / f"actions-{day}.txt").read_text().split())


@pytest.mark.parametrize("day", PAGES, ids=str)
def test_the_catalog_of_a_day_is_exactly_its_page(day: date) -> None:
    actions = set(Facts(day).catalog.on(day))

    assert actions == page(day)
    assert len(actions) == PAGES[day]


def test_without_a_day_the_newest_described_one_is_taken() -> None:
    assert Facts().as_of == date(2026, 7, 2)


def test_a_day_before_all_facts_is_refused() -> None:
    with pytest.raises(UsageError, match="no shipped fact describes"):
        Facts(date(2023, 4, 17))


def test_a_call_is_one_action_on_any_day() -> None:
    for day in (*PAGES, date(2024, 9, 30), date(2024, 10, 1)):
        facts = Facts(day)
        calls = [
            call for catalog in (facts.catalog, facts.platform) for a in catalog.on(day).values() for call in a.calls
        ]
        assert len(calls) == len(set(calls)), day


def test_rotation_has_its_older_name_until_the_page_changed() -> None:
    assert "secrets-manager.secret.rotate" in Facts().catalog.on(date(2024, 9, 30))
    assert "secrets-manager.secret.rotate" not in Facts().catalog.on(date(2024, 10, 1))
    assert Facts().catalog.actions["secrets-manager.secret-version.create"].formerly == "secrets-manager.secret.rotate"


def tables(facts: Facts) -> list[tuple[str, str, Table]]:
    found = []
    for name in facts.type_files:
        known = facts.type(name)
        assert known is not None
        found += [(name, mode, table) for mode in ("managed", "data") if (table := known.table(mode)) is not None]
    return found


def calls(table: Table) -> list[Call]:
    steps = [call for step in table.update for call in step.calls]
    return [*table.create, *table.read, *table.delete, *steps, *(call for fail in table.fails for call in fail.calls)]


def test_every_call_of_a_table_is_known_to_the_catalog() -> None:
    facts = Facts()
    known = {call for catalog in (facts.catalog, facts.platform) for a in catalog.actions.values() for call in a.calls}
    known |= set(facts.catalog.silent_calls)

    assert {
        (name, call.call) for name, _, table in tables(facts) for call in calls(table) if call.call not in known
    } == set()


def test_the_tables_hold_every_type_of_the_provider() -> None:
    objects = [(name, mode) for name, mode, _ in tables(Facts()) if name.startswith("ibm_sm_")]

    assert sum(mode == "managed" for _, mode in objects) == 22
    assert sum(mode == "data" for _, mode in objects) == 31


def test_no_table_lets_a_secret_in() -> None:
    """Names of attributes that hold a secret, marked or not (provider 2.5.0)."""
    secrets = {
        "payload", "data", "password", "certificate", "intermediate", "private_key", "api_key", "credentials",
        "credentials_content", "issuing_ca", "ca_chain", "csr", "lets_encrypt_private_key", "parameters", "akamai",
        "cloud_internet_services_apikey", "classic_infrastructure_password", "classic_infrastructure_username",
        "custom_metadata", "version_custom_metadata", "ingestion_key", "source_service", "parameters_json",
    }  # fmt: skip

    assert {(name, value) for name, _, table in tables(Facts()) for value in {*table.values} & secrets} == set()
