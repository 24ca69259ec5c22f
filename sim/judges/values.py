"""Values in the neutral notation of the table, and python-oracledb's own.

A value is "kind:payload", "kind*n:unit" for a payload of n units, or null.
"""
import datetime
import json
import re
from decimal import Decimal

import oracledb

KINDS = {
    "number": oracledb.DB_TYPE_NUMBER, "text": oracledb.DB_TYPE_VARCHAR, "char": oracledb.DB_TYPE_CHAR,
    "ntext": oracledb.DB_TYPE_NVARCHAR, "date": oracledb.DB_TYPE_DATE, "ts": oracledb.DB_TYPE_TIMESTAMP,
    "tstz": oracledb.DB_TYPE_TIMESTAMP_TZ, "tsltz": oracledb.DB_TYPE_TIMESTAMP_LTZ,
    "ds": oracledb.DB_TYPE_INTERVAL_DS, "raw": oracledb.DB_TYPE_RAW, "float": oracledb.DB_TYPE_BINARY_FLOAT,
    "double": oracledb.DB_TYPE_BINARY_DOUBLE, "clob": oracledb.DB_TYPE_CLOB, "nclob": oracledb.DB_TYPE_NCLOB,
    "blob": oracledb.DB_TYPE_BLOB, "bool": oracledb.DB_TYPE_BOOLEAN, "rowid": oracledb.DB_TYPE_ROWID,
    "cursor": oracledb.DB_TYPE_CURSOR, "json": oracledb.DB_TYPE_JSON,
}
NOTATION = re.compile(r"(\w+)(?:\*(\d+))?:(.*)", re.S)
MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:([+-])(\d\d):(\d\d))?$")
SPAN = re.compile(r"([+-])(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?$")


def split(value):
    kind, times, payload = NOTATION.fullmatch(value).groups()
    return kind, payload * int(times or 1)


def moment(payload):
    """A wall clock time; python-oracledb has no offsets and microseconds at best."""
    year, month, day, hour, minute, second, fraction = MOMENT.match(payload).groups()[:7]
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return datetime.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micros)


def span(payload):
    sign, days, hours, minutes, seconds, fraction = SPAN.match(payload).groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    total = datetime.timedelta(int(days), int(seconds), micros, minutes=int(minutes), hours=int(hours))
    return -total if sign == "-" else total


READERS = {
    "number": Decimal, "date": moment, "ts": moment, "tstz": moment, "tsltz": moment, "ds": span,
    "raw": bytes.fromhex, "blob": bytes.fromhex, "float": float, "double": float, "bool": lambda p: p == "true", "json": json.loads,
}


def python(value):
    """What to hand to the driver for a value."""
    if value is None:
        return None
    kind, payload = split(value)
    return READERS.get(kind, str)(payload)


def kind_of(column):
    """The type to declare for an array of values, or None to leave it open."""
    known = [v for v in column if v is not None]
    return KINDS[split(known[0])[0]] if known else None


def variable(cursor, value):
    if value is None:
        return None
    kind, payload = split(value)
    var = cursor.var(KINDS[kind], max(len(payload), 1))
    var.setvalue(0, python(value))
    return var


def receiver(cursor, kind):
    """A variable for an OUT value of a "kind" or "kind(size)"."""
    name, size = re.fullmatch(r"(\w+)(?:\((\d+)\))?", kind).groups()
    return cursor.var(Decimal if name == "number" else KINDS[name], int(size or 0))


def expected(value):
    """A value in the form that rendered gives it."""
    return None if value is None else rendered(value, python(value))


def rendered(want, got):
    """What the driver gave, as far as it can be compared with a wanted value."""
    if isinstance(got, oracledb.LOB):
        got = got.read()
    if got is None or want is None:
        return got
    kind = split(want)[0]
    if kind in ("float", "double"):
        return repr(float(got))
    if kind == "number":
        return Decimal(got)
    return got


def short(value):
    text = repr(value)
    return text if len(text) < 200 else f"{text[:100]}… ({len(text)} characters)"
