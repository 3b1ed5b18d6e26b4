"""What somebody asks the private enquiry, as it may be kept: a digest instead of number or name."""

from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from leads.models import Project

from .models import Answer

NEIGHBOURS = 9
"""So far apart two numbers still look like one being counted up or down."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: by what, its digest, and the digests of the numbers next to it."""

    by: Answer.By
    digest: str
    neighbours: tuple[str, ...] = ()


def about_phone(project: Project, number: str) -> Question:
    """The question after a number in E.164."""
    subscriber = int(number.removeprefix("+").partition(";")[0])
    beside = (subscriber + step for step in range(-NEIGHBOURS, NEIGHBOURS + 1) if step)
    return Question(
        Answer.By.PHONE,
        _digest(project, number),
        tuple(_digest(project, f"+{other}") for other in beside),
    )


def about_name(project: Project, folded: str) -> Question:
    """The question after a name as it is compared."""
    return Question(Answer.By.NAME, _digest(project, f"name:{folded}"))


def about_arrival(project: Project, folded: str) -> Question:
    """The question whether somebody of that name was registered beforehand."""
    return Question(Answer.By.NAME, _digest(project, f"arrival:{folded}"))


def _digest(project: Project, text: str) -> str:
    return salted_hmac(f"guishu.enquiry.{project.pk}", text).hexdigest()
