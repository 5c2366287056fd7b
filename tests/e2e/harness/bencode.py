"""Bencoding (BEP 3), read strictly.

decode() refuses what a lax reader accepts: unsorted or repeated keys, leading zeros, negative zero,
and bytes after the value. Strings are bytes, and so are the keys of dictionaries.
"""


class BencodeError(ValueError):
    pass


def encode(value):
    if isinstance(value, bool):
        raise BencodeError("bencoding has no booleans")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, (bytes, bytearray)):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, (list, tuple)):
        return b"l" + b"".join(encode(item) for item in value) + b"e"
    if isinstance(value, dict):
        items = sorted((k.encode() if isinstance(k, str) else k, v) for k, v in value.items())
        return b"d" + b"".join(encode(k) + encode(v) for k, v in items) + b"e"
    raise BencodeError(f"cannot encode {type(value)}")


def decode(data):
    value, end = _value(data, 0)
    if end != len(data):
        raise BencodeError(f"{len(data) - end} bytes after the value: {data!r}")
    return value


def _value(data, at):
    kind = data[at : at + 1]
    if kind == b"i":
        return _integer(data, at + 1, b"e")
    if kind == b"l":
        return _list(data, at + 1)
    if kind == b"d":
        return _dictionary(data, at + 1)
    if kind.isdigit():
        return _string(data, at)
    raise BencodeError(f"no value at {at}: {data!r}")


def _integer(data, at, terminator):
    end = data.find(terminator, at)
    text = data[at:end] if end >= 0 else b""
    digits = text[1:] if text.startswith(b"-") else text
    if not digits.isdigit() or (digits.startswith(b"0") and text != b"0"):
        raise BencodeError(f"bad integer at {at}: {data!r}")
    return int(text), end + 1


def _string(data, at):
    length, start = _integer(data, at, b":")
    if len(data) - start < length:
        raise BencodeError(f"string at {at} is cut short: {data!r}")
    return data[start : start + length], start + length


def _list(data, at):
    items = []
    while data[at : at + 1] != b"e":
        item, at = _value(data, at)
        items.append(item)
    return items, at + 1


def _dictionary(data, at):
    result = {}
    last = None
    while data[at : at + 1] != b"e":
        key, at = _string(data, at)
        if last is not None and key <= last:
            raise BencodeError(f"key {key!r} does not sort after {last!r}: {data!r}")
        last = key
        result[key], at = _value(data, at)
    return result, at + 1
