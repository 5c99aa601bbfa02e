"""What is known of protected people, sealed with keys of its own: opened by key and person only, old seals
too, and never again once the key is gone.
"""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.register.store.items import ContactItem
from infra.local.cloud import Cloud
from skolkit import protected
from skolkit.protected import DataKeyItem, seal, shredded_with, shredding, unseal
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.fixtures import lay_tables

HOME = {"addresses": [{"street": "Hemligstigen 7", "locality": "Ekhamra"}], "phone": ""}


@pytest.fixture(scope="module", autouse=True)
def _laid(cloud: Cloud) -> None:
    lay_tables(cloud)


def person() -> PersonId:
    return PersonId(new_id())


def test_what_is_sealed_is_opened_for_that_person_only() -> None:
    one, other = person(), person()
    sealed = seal(one, HOME)
    assert unseal(one, sealed) == {"addresses": HOME["addresses"]}
    assert "Hemligstigen" not in sealed.decode("latin-1")
    assert unseal(other, sealed) == {}  # no such key of theirs
    (key,) = DataKeyItem.query(f"PERSON#{one}")
    commit(DataKeyItem(f"PERSON#{other}", key.sk, wrapped=key.wrapped))
    with pytest.raises(Exception, match=r"InvalidCiphertext|context"):
        unseal(other, sealed)


def test_what_kms_sealed_itself_before_there_were_keys_can_be_read(cloud: Cloud) -> None:
    one = person()
    old = cloud.client("kms").encrypt(
        KeyId=protected.KEY, Plaintext=json.dumps(HOME).encode(), EncryptionContext={"person": one}
    )["CiphertextBlob"]  # fmt: skip
    assert unseal(one, old) == HOME


def test_without_its_key_a_copy_of_what_was_sealed_is_noise() -> None:
    one = person()
    copies = [seal(one, HOME) for _ in range(3)]
    assert all(unseal(one, copy) for copy in copies)
    with_it, before = shredding(one)
    assert before == ()
    commit(*with_it)
    assert [unseal(one, copy) for copy in copies] == [{}, {}, {}]
    assert list(DataKeyItem.query(f"PERSON#{one}")) == []


def test_many_old_keys_do_not_stand_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    one = person()
    copies = [seal(one, HOME) for _ in range(5)]
    monkeypatch.setattr(protected, "KEYS", 2)
    with_it, before = shredding(one, copies[0], None)
    assert (len(with_it), len(before)) == (2, 3)
    assert all(unseal(one, copy) for copy in copies)  # nothing has been done yet
    commit(*before)
    assert [bool(unseal(one, copy)) for copy in copies] == [True, False, False, False, True]
    commit(*with_it)
    assert not any(unseal(one, copy) for copy in copies)


def test_what_is_sealed_in_an_item_is_shredded_with_it() -> None:
    one = person()
    item = ContactItem(f"PERSON#{one}", "CONTACT", sealed_reach=seal(one, HOME))
    other = seal(one, HOME)
    commit(*shredded_with(item))
    assert unseal(one, item.sealed_reach) == {}
    assert unseal(one, other)


@given(st.binary(min_size=1, max_size=200), st.integers(min_value=0))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_changed_passes(noise: bytes, place: int) -> None:
    one = person()
    sealed = seal(one, {"email": "gomd@example.org"})
    at = 20 + place % (len(sealed) - 20)
    changed = sealed[:at] + noise + sealed[at + len(noise) :]
    if changed != sealed:
        with pytest.raises(InvalidTag):
            unseal(one, changed)
