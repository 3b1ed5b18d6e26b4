"""The pages of disputes."""

from .own import contest as contest
from .own import my_case as my_case
from .own import my_cases as my_cases
from .penalties import penalties as penalties
from .penalties import penalty_decide as penalty_decide
from .precedents import case_precedents as case_precedents
from .presence import case_present as case_present
from .ruling import case as case
from .ruling import case_rule as case_rule
from .ruling import queue as queue
from .settled import cases_settled as cases_settled
from .steps import case_file as case_file
from .steps import case_names as case_names
from .steps import case_procedure as case_procedure
from .steps import case_step as case_step
from .suspicions import suspicion as suspicion
from .suspicions import suspicions as suspicions
