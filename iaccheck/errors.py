"""errors: everything that a person can mend.

IaccheckError
├── InputError      a file that is not a usable plan, state or snapshot
├── ConfigError     a policy, waiver, configuration or fact file that is wrong
└── UsageError      options that contradict each other or name nothing

All of them end with exit status 2. Any other exception is a bug of iaccheck and ends with 3.
"""


class IaccheckError(Exception):
    """`problem` is «file: what is wrong»; `hint` is what to type next. Neither ever holds a value from a plan."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


class InputError(IaccheckError):
    """A file that cannot be read as what it is said to be."""


class ConfigError(IaccheckError):
    """A policy, waiver, configuration or fact file that is wrong."""


class UsageError(IaccheckError):
    """Options that contradict each other, or name something that does not exist."""
