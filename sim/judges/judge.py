"""Runs the table of scenarios through python-oracledb in thin mode.

Standard input is one JSON document: how to connect, and the scenarios.
Standard output is one JSON line per scenario: name, ok, detail.
"""
import json
import sys

import oracledb

import values

oracledb.defaults.fetch_decimals = True


class Disagreement(Exception):
    """What the database did is not what the table says."""


def check(what, want, got):
    if want != got:
        raise Disagreement(f"{what}: want {values.short(want)}, got {values.short(got)}")


class Judge:
    """One scenario: its connections by number, and the steps it knows."""

    def __init__(self, access, scenario):
        self.access = access
        self.connect = scenario.get("connect") or {}
        self.sessions = {}

    def open(self):
        c = self.connect
        wallet = None if c.get("no_wallet") else self.access["wallet"]
        user = c.get("user") or self.access["user"]
        return oracledb.connect(
            user=f"{user}[{c['proxy_for']}]" if c.get("proxy_for") else user,
            mode=oracledb.AUTH_MODE_SYSDBA if c.get("sysdba") else oracledb.AUTH_MODE_DEFAULT,
            edition=c.get("edition"),
            newpassword=c.get("new_password"),
            appcontext=[("CLIENTCONTEXT", "name", "value")] if c.get("context") else None,
            password=c.get("password") or self.access["password"],
            dsn=c.get("alias") or self.access["alias"],
            config_dir=self.access["wallet"],
            wallet_location=wallet,
            wallet_password=self.access["wallet_password"],
        )

    def session(self, number):
        if number not in self.sessions:
            self.sessions[number] = self.open()
        return self.sessions[number]

    def close(self):
        for session in self.sessions.values():
            session.close()

    def step(self, step):
        """Runs a step as often as it says; an error has to be the announced one."""
        for _ in range(step.get("repeat") or 1):
            try:
                self.act(step)
            except oracledb.Error as err:
                fail(step, err.args[0])
            else:
                if step.get("error") or step.get("refused"):
                    raise Disagreement(f"no error, want {step.get('error') or 'a refusal'}")

    def act(self, step):
        session = self.session(step.get("session") or 0)
        do = step.get("do")
        if do:
            {"commit": session.commit, "rollback": session.rollback, "ping": session.ping}[do]()
        elif step.get("change_password"):
            change = step["change_password"]
            session.changepassword(change.get("old") or self.access["password"], change.get("new") or self.access["password"])
        elif step.get("lob"):
            lob(session, step)
        elif step.get("many"):
            many(session, step)
        elif step.get("cancel"):
            self.cancel(session, step)
        else:
            run(session, step)

    def cancel(self, session, step):
        """Lets the driver cancel by its own timeout, for rows too.

        Connection.cancel from another thread is no judge: Python's TLS objects
        are not made for two threads, and when the answer comes as fast as it
        does here, two records go out under one number.
        """
        session.call_timeout = 1000
        try:
            with session.cursor() as cursor:
                cursor.arraysize = 2
                cursor.execute(step["sql"])
                if cursor.description:
                    cursor.fetchall()
        finally:
            session.call_timeout = 0


# Errors of the driver's own that stand for one of Oracle's.
OWN_CODES = {"DPY-4024": 1013, "DPY-6001": 12514}


def fail(step, error):
    """Accepts the error that a step announces."""
    if step.get("refused"):
        return
    if not step.get("error"):
        raise Disagreement(str(error.message))
    check("error", step["error"], OWN_CODES.get(error.full_code, error.code or error.message))
    if step.get("position") is not None:
        check("position", step["position"], error.offset)
    if step.get("message") and step["message"] not in error.message:
        raise Disagreement(f"message {error.message!r} without {step['message']!r}")


def run(session, step):
    with session.cursor() as cursor:
        cursor.outputtypehandler = handler(step)
        binds, out = bind(cursor, step)
        cursor.arraysize = 1000 if step.get("count") else 100
        cursor.execute(step["sql"], binds)
        if step.get("types"):
            check("types", step["types"], [d[1].name.removeprefix("DB_TYPE_") for d in cursor.description])
        if step.get("names"):
            check("names", step["names"], [d[0] for d in cursor.description])
        if step.get("rows") is not None:
            compare(step["rows"], cursor)
        if step.get("count") is not None:
            check("rows", step["count"], sum(1 for _ in cursor))
        if step.get("affected") is not None:
            check("affected", step["affected"], cursor.rowcount)
        if step.get("last_rowid"):
            [[last]] = session.cursor().execute(step["last_rowid"])
            check("last ROWID", last, cursor.lastrowid)
        answered(step, out)


def handler(step):
    """Fetches LOBs as values unless the step wants locators."""
    def choose(cursor, name, kind, size, precision, scale):
        if step.get("locators"):
            return None
        if kind in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
            return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
        if kind is oracledb.DB_TYPE_BLOB:
            return cursor.var(oracledb.DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
        return None
    return choose


def bind(cursor, step):
    """Makes the binds of a step, and the variables that its answers arrive in."""
    out = {}
    if not step.get("named") and not step.get("out"):
        return [values.variable(cursor, v) for v in step.get("binds") or []], out
    binds = {name: values.variable(cursor, v) for name, v in (step.get("named") or {}).items()}
    for name, kind in (step.get("out") or {}).items():
        out[name] = values.receiver(cursor, kind)
        if name in binds:
            out[name].setvalue(0, binds[name].getvalue())
        binds[name] = out[name]
    return binds, out


def answered(step, out):
    for name, want in (step.get("gives") or {}).items():
        check(name, values.expected(want), values.rendered(want, out[name].getvalue()))
    for name, want in (step.get("returning") or {}).items():
        got = out[name].getvalue()
        check(name, [values.expected(w) for w in want], [values.rendered(w, g) for w, g in zip(want, got)])
        check(name, len(want), len(got))
    for name, rows in (step.get("cursors") or {}).items():
        compare(rows, out[name].getvalue())


def compare(rows, cursor):
    got = cursor.fetchall()
    for number, (want, have) in enumerate(zip(rows, got)):
        check(f"columns of row {number}", len(want), len(have))
        for column, (w, h) in enumerate(zip(want, have)):
            check(f"row {number} column {column}", values.expected(w), values.rendered(w, h))
    check("rows", len(rows), len(got))


def many(session, step):
    with session.cursor() as cursor:
        rows = step["many"]
        cursor.setinputsizes(*[values.kind_of([row[i] for row in rows]) for i in range(len(rows[0]))])
        data = [[values.python(v) for v in row] for row in rows]
        cursor.executemany(step["sql"], data, batcherrors=step.get("batch_errors") is not None)
        if step.get("affected") is not None:
            check("affected", step["affected"], cursor.rowcount)
        if step.get("batch_errors") is not None:
            got = [{"row": e.offset, "code": e.code} for e in cursor.getbatcherrors()]
            check("batch errors", step["batch_errors"], got)


def lob(session, step):
    """Reads and writes a LOB through its locator, or makes a temporary one."""
    want = step["lob"]
    if want.get("temporary"):
        handle = session.createlob(getattr(oracledb, "DB_TYPE_" + want["temporary"]))
    elif want.get("out"):
        holder = session.cursor().var(getattr(oracledb, "DB_TYPE_" + want["out"]))
        session.cursor().execute(step["sql"], [holder])
        handle = holder.getvalue()
        handle = handle[0] if isinstance(handle, list) else handle
    else:
        handle = session.cursor().execute(step["sql"]).fetchone()[0]
    for write in want.get("writes") or []:
        handle.write(values.python(write["value"]), write["offset"])
    if want.get("trim") is not None:
        handle.trim(want["trim"])
    check("size", want["size"], handle.size())
    for read in want.get("reads") or []:
        got = handle.read(read["offset"], read["amount"])
        check(f"read at {read['offset']}", values.expected(read["gives"]), values.rendered(read["gives"], got))
    if want.get("bind_to"):
        session.cursor().execute(want["bind_to"], [handle])


def judge(access, scenario):
    judge = Judge(access, scenario)
    try:
        for number, step in enumerate(scenario["steps"]):
            try:
                judge.step(step)
            except Exception as err:  # pylint: disable=broad-except
                text = err if isinstance(err, Disagreement) else f"{type(err).__name__}: {err}"
                return {"ok": False, "detail": f"step {number + 1} ({step.get('sql', '')[:80]}): {text}"}
        return {"ok": True, "detail": ""}
    finally:
        judge.close()


def main():
    job = json.load(sys.stdin)
    for scenario in job["scenarios"]:
        try:
            verdict = judge(job["access"], scenario)
        except Exception as err:  # pylint: disable=broad-except
            verdict = {"ok": False, "detail": f"closing: {err}"}
        print(json.dumps({"name": scenario["name"], **verdict}), flush=True)


main()
