"""What the studio refuses: an error of one line, and the status of HTTP that goes with it."""

from rehue.errors import RehueError


class RefusalError(RehueError):
    """A request that is not done.

    Attributes:
        status: of HTTP.
    """

    status = 400


class UnauthorizedError(RefusalError):
    """It lacks the token."""

    status = 401


class ForbiddenError(RefusalError):
    """It comes from another page, asks for another host, or leads out of the folder."""

    status = 403


class MissingError(RefusalError):
    """There is no such thing."""

    status = 404


class SlowError(RefusalError):
    """It stopped coming."""

    status = 408


class StaleError(RefusalError):
    """It was made for an earlier state; whoever asks has to look again."""

    status = 409


class TooLargeError(RefusalError):
    """It has more bytes than are taken."""

    status = 413


class BusyError(RefusalError):
    """There is too much to do."""

    status = 503


def status_of(error: RehueError) -> int:
    """Return the status of HTTP for an error: what a file or a wish lacks is 422."""
    return error.status if isinstance(error, RefusalError) else 422
