"""What the service says when it refuses: messages of DMTF's Base registry and the body that carries them."""

from __future__ import annotations

from typing import Any

REGISTRY = "Base.1.19"  # registry and version that every MessageId names

Message = dict[str, Any]

_BASE = {  # key → severity, text, resolution; %1 … are filled in
    "Success": ("OK", "The request completed successfully.", "None."),
    "PasswordChangeRequired": (
        "Warning",
        (
            "The password provided for this account must be changed before access is granted.  PATCH the 'Password' "
            "property for this account, located at the target URI '%1', to complete this process."
        ),
        "Change the password for this account using a PATCH to the 'Password' property at the URI provided.",
    ),
    "NoOperation": (
        "Warning",
        "The request body submitted contained no data to act upon and no changes to the resource took place.",
        "Add properties in the JSON object and resubmit the request.",
    ),
    "PropertyUnknown": (
        "Warning",
        "The property %1 is not in the list of valid properties for the resource.",
        "Remove the unknown property from the request body and resubmit the request if the operation failed.",
    ),
    "PropertyNotWritable": (
        "Warning",
        "The property %1 is a read-only property and cannot be assigned a value.",
        "Remove the property from the request body and resubmit the request if the operation failed.",
    ),
    "PropertyValueIncorrect": (
        "Warning",
        (
            "The property '%1' with the requested value of '%2' could not be written because the value does not meet "
            "the constraints of the implementation."
        ),
        "None.",
    ),
    "CreateFailedMissingReqProperties": (
        "Critical",
        "The create operation failed because the required property %1 was missing from the request.",
        "Correct the body to include the required property with a valid value and resubmit the request.",
    ),
    "ResourceAlreadyExists": (
        "Critical",
        "The requested resource of type %1 with the property %2 with the value '%3' already exists.",
        "Do not repeat the create operation as the resource has already been created.",
    ),
    "ActionParameterMissing": (
        "Critical",
        "The action %1 requires the parameter %2 to be present in the request body.",
        "Supply the action with the required parameter in the request body when the request is resubmitted.",
    ),
    "ActionParameterUnknown": (
        "Warning",
        "The action %1 was submitted with the invalid parameter %2.",
        "Correct the invalid parameter and resubmit the request if the operation failed.",
    ),
    "ActionParameterValueError": (
        "Warning",
        "The value for the parameter %1 in the action %2 is invalid.",
        "Correct the value of the parameter and resubmit the request if the operation failed.",
    ),
    "MalformedJSON": (
        "Critical",
        "The request body submitted was malformed JSON and could not be parsed by the receiving service.",
        "Ensure that the request body is valid JSON and resubmit the request.",
    ),
    "ResourceMissingAtURI": (
        "Critical",
        "The resource at the URI '%1' was not found.",
        "Place a valid resource at the URI or correct the URI and resubmit the request.",
    ),
    "OperationNotAllowed": (
        "Critical",
        "The HTTP method is not allowed on this resource.",
        "None.",
    ),
    "OperationFailed": (
        "Warning",
        (
            "An error occurred internal to the service as part of the overall request.  Partial results may have been "
            "returned."
        ),
        "Resubmit the request.  If the problem persists, consider resetting the service or provider.",
    ),
    "NoValidSession": (
        "Critical",
        "There is no valid session established with the implementation.",
        "Establish a session before attempting any operations.",
    ),
    "ResourceAtUriUnauthorized": (
        "Critical",
        "While accessing the resource at '%1', the service received an authorization error '%2'.",
        "Ensure that the appropriate access is provided for the service in order for it to access the URI.",
    ),
    "InsufficientPrivilege": (
        "Critical",
        (
            "There are insufficient privileges for the account or credentials associated with the current session to "
            "perform the requested operation."
        ),
        "Either abandon the operation or change the associated access rights and resubmit the request.",
    ),
    "PreconditionFailed": (
        "Critical",
        "The ETag supplied did not match the ETag required to change this resource.",
        "Try the operation again using the appropriate ETag.",
    ),
    "HeaderInvalid": ("Critical", "Header '%1' is invalid.", "Provide a valid header, and resubmit the request."),
    "QueryNotSupported": (
        "Warning",
        "Querying is not supported by the implementation.",
        "Remove the query parameters and resubmit the request if the operation failed.",
    ),
    "InternalError": (
        "Critical",
        "The request failed due to an internal service error.  The service is still operational.",
        "Resubmit the request.  If the problem persists, consider resetting the service.",
    ),
    "ResourceCannotBeDeleted": (
        "Critical",
        "The delete request failed because the resource requested cannot be deleted.",
        "Do not attempt to delete a non-deletable resource.",
    ),
    "SessionLimitExceeded": (
        "Critical",
        (
            "The session establishment failed due to the number of simultaneous sessions exceeding the limit of the "
            "implementation."
        ),
        "Reduce the number of other sessions before trying to establish the session.",
    ),
}


def message(key: str, *arguments: str, about: str | None = None) -> Message:
    """Return one message of the Base registry; ``about`` is the name of the property that it is about."""
    severity, text, resolution = _BASE[key]
    for number, argument in enumerate(arguments, 1):
        text = text.replace(f"%{number}", argument)
    said: Message = {
        "@odata.type": "#Message.v1_3_0.Message",
        "MessageId": f"{REGISTRY}.{key}",
        "Message": text,
        "MessageArgs": list(arguments),
        "MessageSeverity": severity,
        "Resolution": resolution,
    }
    if about:
        said["RelatedProperties"] = [f"/{about}"]
    return said


def wrong_value(name: str, value: object, path: str) -> Message:
    """Return the message for a value that a property cannot take; a password is not repeated."""
    return message("PropertyValueIncorrect", name, "***" if name == "Password" else str(value), about=path)


def failure(why: str) -> Message:
    """Return the message for something that went wrong behind the service, in the words of what went wrong."""
    return {**message("OperationFailed"), "Message": why}


def error_body(messages: list[Message]) -> dict[str, Any]:
    """Return the body of an error answer."""
    first = messages[0]
    many = f"{REGISTRY}.GeneralError", "A general error has occurred. See ExtendedInfo for more information."
    code, text = (first["MessageId"], first["Message"]) if len(messages) == 1 else many
    return {"error": {"code": code, "message": text, "@Message.ExtendedInfo": messages}}


class RefusalError(Exception):
    """A request that gets an error answer.

    ``status`` is the HTTP status; ``headers`` go along with the answer.
    """

    def __init__(self, status: int, *messages: Message, headers: dict[str, str] | None = None) -> None:
        super().__init__(messages[0]["Message"])
        self.status = status
        self.messages = list(messages)
        self.headers = headers or {}
