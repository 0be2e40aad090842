"""What can go wrong with a controller, in words that say what to do about it."""

from __future__ import annotations

from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem


class BmcError(GigaworksError):
    """A controller did not do what it was asked."""


class Unreachable(BmcError):
    """Nothing answers at the controller's address, or not in time."""


class WrongCertificate(BmcError):
    """The controller's TLS certificate cannot be trusted."""


class Unsupported(BmcError):
    """The controller has no such function."""


class TimedOut(BmcError):
    """The controller did not get there in time."""


def unreachable(name: str, address: str, why: str) -> Unreachable:
    """Return the error for a controller that does not answer."""
    return Unreachable(
        Problem(
            "controller unreachable",
            f"{name} at {address} does not answer: {why}",
            "Check that it has power, that its cable is plugged in and that this computer reaches the OOB network.",
            subject=name,
        )
    )


def wrong_certificate(name: str, address: str, ca_file: str, why: str) -> WrongCertificate:
    """Return the error for a certificate that the declared authority has not signed for this address."""
    return WrongCertificate(
        Problem(
            "controller certificate not trusted",
            f"{name} at {address} shows a TLS certificate that cannot be verified: {why}. Nothing was sent to it, "
            "the password included.",
            f"If the controller is the right one, give it a certificate for {address} signed by the authority in "
            f"{ca_file}, or put its authority there; if not, find out what answers at that address.",
            subject=name,
        )
    )


def no_authority(name: str, ca_file: str) -> BmcError:
    """Return the error for a missing CA file: without it nobody can be trusted."""
    return BmcError(
        Problem(
            "certificate authority of the controllers is not there",
            f"{ca_file} does not exist, so the TLS certificate of {name} cannot be verified",
            "Put the authority that signed the controllers' certificates there as PEM; a lab site has it with "
            "`gigaworks lab up`.",
            subject=name,
        )
    )


def refused(name: str, address: str, user: str, secret: str) -> NotAuthorised:
    """Return the error for a wrong password."""
    return NotAuthorised(
        Problem(
            "controller refused the login",
            f"{name} at {address} does not accept the password of user {user}. It was tried once only, so that the "
            "account is not locked.",
            f"Put the right password into {secret}, or set that password on the controller.",
            subject=name,
        )
    )


def forbidden(name: str, address: str, user: str, what: str) -> NotAuthorised:
    """Return the error for a user who may log in but not do this."""
    return NotAuthorised(
        Problem(
            "controller denied the operation",
            f"{name} at {address} does not let user {user} do this: {what}",
            f"Give {user} the role Administrator, or the privilege that this needs.",
            subject=name,
        )
    )


def unsupported(name: str, what: str, fix: str) -> Unsupported:
    """Return the error for a function that this controller does not have."""
    return Unsupported(Problem("controller cannot do this", f"{name} {what}", fix, subject=name))


def failed(name: str, what: str, why: str) -> BmcError:
    """Return the error for an answer that says no."""
    return BmcError(
        Problem(
            "controller reported an error",
            f"{name} did not {what}: {why}",
            "Read the controller's own event log; when the cause is gone, run the same command again.",
            subject=name,
        )
    )
