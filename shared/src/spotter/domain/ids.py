"""Keys and derived ids, the same on every host."""

from __future__ import annotations

import hashlib
import re
import uuid
from json.encoder import encode_basestring

ID_PATTERN = r"^[A-Za-z0-9_.:-]{1,64}$"
"""Pattern of the ids of gyms, lifters, sets and stations."""

EXERCISE_PATTERN = r"^[a-z0-9_]{1,64}$"
"""Pattern of the ids of exercises."""

SEPARATOR = "\x1f"
"""Separates the parts that an id is derived from."""

json_string = encode_basestring
"""Encodes a string as JSON, character for character as `orjson` does."""

_NAMESPACE = uuid.UUID("6f0e1f0a-6d3c-5d0b-9c54-5a0b7e3f1c21").bytes
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Return whether `text` is a valid id of a gym, lifter, set or station.

    >>> is_id("s-1"), is_id("a/b"), is_id("")
    (True, False, False)
    """
    return _ID.match(text) is not None and not text.endswith("\n")


def derived_id(*parts: object) -> str:
    """Return the id (a UUID of version 5, RFC 9562) derived from `parts`: equal parts give equal ids.

    >>> derived_id("a", 1) == derived_id("a", 1), derived_id("a", 1) == derived_id("a", 2)
    (True, False)
    """
    return id_of(joined(*parts))


def joined(*parts: object) -> str:
    """Join parts of an id."""
    return SEPARATOR.join([part if type(part) is str else str(part) for part in parts])


def id_of(text: str) -> str:
    """Return the id derived from `joined` parts, for ids that share their first parts.

    >>> id_of(joined("a", "b", 1)) == derived_id("a", "b", 1)
    True
    """
    digest = hashlib.sha1(_NAMESPACE + text.encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{_VARIANT[digest[16]]}{digest[17:20]}-{digest[20:32]}"


def fingerprint(data: bytes) -> str:
    """Return a digest of 16 hexadecimal digits (64 bits of BLAKE2b), for comparison, not for security."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def gym_key(gym_id: str, own_id: str) -> str:
    """Return the key of something that is a gym's own, such as a device or a token: another gym's never has it.

    No id of a gym contains the separator, so `own_id` may be any text.

    >>> gym_key("g1", "rack/3"), gym_of_key(gym_key("g1", "rack/3"))
    ('g1/rack/3', 'g1')
    """
    return f"{gym_id}/{own_id}"


def gym_of_key(key: str) -> str:
    """Return the gym that a key belongs to; of a key that is a gym's id alone, that."""
    return key.partition("/")[0]


def athlete_key(gym_id: str, athlete_id: str) -> str:
    """Return the key that orders everything about one lifter; the only function that builds it.

    >>> athlete_key("g1", "ada")
    'g1/ada'
    """
    return f"{gym_id}/{athlete_id}"
