"""Columns that are computed as their row is saved."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from . import identity


class NameKeysField(ArrayField):
    """The keys of a person's names and traits: written by whoever saves the row, one or many.

    A bulk insert writes them too; `QuerySet.update` of a name does not.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("base_field", models.TextField())
        super().__init__(**kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> list[str]:
        """The keys as the names are now."""
        keys = keys_of(
            getattr(model_instance, "name", ""),
            getattr(model_instance, "aliases", ()),
            getattr(model_instance, "traits", ""),
        )
        setattr(model_instance, self.attname, keys)
        return keys


def keys_of(name: str, aliases: Any, traits: str) -> list[str]:
    """The keys by which somebody is matched and found: his names and what is said of him."""
    found: dict[str, None] = {}
    for called in (name, *aliases):
        found |= dict.fromkeys(identity.name_keys(called))
    # What stands in the place of a name is often a description.
    for text in (name, traits):
        found |= dict.fromkeys(identity.text_keys(text))
    return list(found)
