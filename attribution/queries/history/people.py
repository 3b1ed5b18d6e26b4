"""A person as a reader may know him: by name, or covered by a letter."""

from dataclasses import dataclass

from django.utils.translation import gettext

LETTERS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the reader may know him: by name, or covered by a letter."""

    name: str
    letter: str = ""

    @property
    def short(self) -> str:
        """The word by which sentences speak of him."""
        return gettext(self.letter) if self.letter else self.name

    def __str__(self) -> str:
        return self.short
