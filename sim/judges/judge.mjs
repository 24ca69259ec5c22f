// Runs the table of scenarios through node-oracledb in thin mode.
//
// Standard input is one JSON document: how to connect, and the scenarios.
// Standard output is one JSON line per scenario: name, ok, detail.
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import oracledb from 'oracledb';
import * as values from './values.mjs';

// Disagreement: what the database did is not what the table says.
class Disagreement extends Error {}

function check(what, want, got) {
  if (!isDeepStrictEqual(want, got)) {
    throw new Disagreement(`${what}: want ${values.short(want)}, got ${values.short(got)}`);
  }
}

// Judge is one scenario: its connections by number, and the steps it knows.
class Judge {
  constructor(access, scenario) {
    this.access = access;
    this.connect = scenario.connect ?? {};
    this.sessions = new Map();
  }

  open() {
    const { access, connect } = this;
    const user = connect.user ?? access.user;
    return oracledb.getConnection({
      user: connect.proxy_for ? `${user}[${connect.proxy_for}]` : user,
      privilege: connect.sysdba ? oracledb.SYSDBA : undefined,
      edition: connect.edition,
      newPassword: connect.new_password,
      appContext: connect.context ? [['CLIENTCONTEXT', 'name', 'value']] : undefined,
      password: connect.password ?? access.password,
      connectString: connect.alias ?? access.alias,
      configDir: access.wallet,
      walletLocation: connect.no_wallet ? undefined : access.wallet,
      walletPassword: access.wallet_password,
    });
  }

  async session(number) {
    if (!this.sessions.has(number)) this.sessions.set(number, await this.open());
    return this.sessions.get(number);
  }

  async close() {
    for (const session of this.sessions.values()) await session.close();
  }

  // step runs a step as often as it says; an error has to be the announced one.
  async step(step) {
    for (let n = 0; n < (step.repeat ?? 1); n++) {
      let failure;
      try {
        await this.act(step);
      } catch (error) {
        if (error instanceof Disagreement) throw error;
        failure = error;
      }
      judgeFailure(step, failure);
    }
  }

  async act(step) {
    const session = await this.session(step.session ?? 0);
    if (step.do) await session[step.do]();
    else if (step.change_password) {
      const { old, new: next } = step.change_password;
      await session.changePassword(this.access.user, old ?? this.access.password, next ?? this.access.password);
    } else if (step.lob) await lob(session, step);
    else if (step.many) await many(session, step);
    else if (step.cancel) await this.cancel(session, step);
    else await run(session, step);
  }

  // cancel cancels once watch finds a row, or a moment after rows were asked for.
  async cancel(session, step) {
    const call = (async () => {
      const { resultSet } = await session.execute(step.sql, [], { resultSet: !step.watch, prefetchRows: 2, fetchArraySize: 2 });
      if (resultSet) while (await resultSet.getRow());
    })();
    const [outcome] = await Promise.allSettled([call, this.cancelLater(session, step.watch)]);
    if (outcome.status === 'rejected') throw outcome.reason;
  }

  async cancelLater(session, watch) {
    if (watch) {
      const other = await this.open();
      while ((await other.execute(watch)).rows.length === 0) await delay(20);
      await other.close();
    } else {
      await delay(1000);
    }
    await session.break();
  }
}

// ownCodes are errors of the driver's own that stand for one of Oracle's.
const ownCodes = { 'NJS-518': 12514 };

// judgeFailure accepts the error that a step announces, and no other outcome.
function judgeFailure(step, error) {
  if (step.refused && error) return;
  if (!error) {
    if (step.error || step.refused) throw new Disagreement(`no error, want ${step.error ?? 'a refusal'}`);
    return;
  }
  if (!step.error) throw error;
  check('error', step.error, ownCodes[error.code] ?? error.errorNum);
  if (step.position !== undefined) check('position', step.position, error.offset);
  if (step.message && !error.message.includes(step.message)) {
    throw new Disagreement(`message ${error.message} without ${step.message}`);
  }
}

async function run(session, step) {
  const options = { fetchTypeHandler: values.fetchTypes(step), resultSet: step.count !== undefined, fetchArraySize: 1000 };
  const result = await session.execute(step.sql, binds(step), options);
  if (step.types) check('types', step.types, result.metaData.map((c) => c.dbType.name.replace('DB_TYPE_', '')));
  if (step.names) check('names', step.names, result.metaData.map((c) => c.name));
  if (step.rows) await compare(step.rows, result.rows);
  if (step.count !== undefined) check('rows', step.count, await count(result.resultSet));
  if (step.affected !== undefined) check('affected', step.affected, result.rowsAffected);
  if (step.last_rowid) check('last ROWID', (await session.execute(step.last_rowid)).rows[0][0], result.lastRowid);
  await answered(step, result.outBinds ?? {});
}

function binds(step) {
  if (!step.named && !step.out) return (step.binds ?? []).map(values.bind);
  const all = {};
  for (const [name, value] of Object.entries(step.named ?? {})) all[name] = values.bind(value);
  for (const [name, kind] of Object.entries(step.out ?? {})) {
    all[name] = { ...values.receiver(kind), ...(name in all && { val: all[name].val, dir: oracledb.BIND_INOUT }) };
  }
  return all;
}

async function count(results) {
  let n = 0;
  for (let rows; (rows = await results.getRows(1000)).length > 0;) n += rows.length;
  await results.close();
  return n;
}

async function answered(step, out) {
  for (const [name, want] of Object.entries(step.gives ?? {})) {
    check(name, values.expected(want), await values.rendered(want, out[name]));
  }
  for (const [name, want] of Object.entries(step.returning ?? {})) await compare(want.map((w) => [w]), out[name].map((g) => [g]));
  for (const [name, rows] of Object.entries(step.cursors ?? {})) {
    await compare(rows, await out[name].getRows());
    await out[name].close();
  }
}

async function compare(rows, got) {
  for (const [number, want] of rows.slice(0, got.length).entries()) {
    check(`columns of row ${number}`, want.length, got[number].length);
    for (const [column, value] of want.entries()) {
      check(`row ${number} column ${column}`, values.expected(value), await values.rendered(value, got[number][column]));
    }
  }
  check('rows', rows.length, got.length);
}

async function many(session, step) {
  const rows = step.many.map((row) => row.map((v) => values.bind(v).val));
  const bindDefs = rows[0].map((_, i) => values.column(step.many.map((row) => row[i])));
  const result = await session.executeMany(step.sql, rows, { bindDefs, batchErrors: step.batch_errors !== undefined });
  if (step.affected !== undefined) check('affected', step.affected, result.rowsAffected);
  if (step.batch_errors) {
    check('batch errors', step.batch_errors, (result.batchErrors ?? []).map((e) => ({ row: e.offset, code: Number(/^ORA-(\d+)/.exec(e.message)[1]) })));
  }
}

// locator gets the LOB of a row, by a query or an OUT bind, or makes a temporary one.
async function locator(session, sql, want) {
  if (want.temporary) return session.createLob(oracledb[want.temporary]);
  if (!want.out) return (await session.execute(sql)).rows[0][0];
  const [value] = (await session.execute(sql, [{ dir: oracledb.BIND_OUT, type: oracledb[want.out] }])).outBinds;
  return Array.isArray(value) ? value[0] : value;
}

// lob reads and writes a LOB through its locator.
async function lob(session, step) {
  const want = step.lob;
  const handle = await locator(session, step.sql, want);
  for (const write of want.writes ?? []) {
    await new Promise((done, failed) => {
      handle.once('error', failed);
      handle.write(values.bind(write.value).val, (err) => (err ? failed(err) : done()));
    });
  }
  if (want.bind_to) await session.execute(want.bind_to, [handle]);
  check('size', want.size, handle.length);
  for (const read of want.reads ?? []) {
    const got = await handle.getData(read.offset, read.amount);
    check(`read at ${read.offset}`, values.expected(read.gives), await values.rendered(read.gives, got));
  }
}

async function judge(access, scenario) {
  const judge = new Judge(access, scenario);
  try {
    for (const [number, step] of scenario.steps.entries()) {
      try {
        await judge.step(step);
      } catch (error) {
        const said = error instanceof Disagreement || error.errorNum ? error.message : error.stack;
        return { ok: false, detail: `step ${number + 1} (${(step.sql ?? '').slice(0, 80)}): ${said}` };
      }
    }
    return { ok: true, detail: '' };
  } finally {
    await judge.close();
  }
}

const job = JSON.parse(await text(process.stdin));
for (const scenario of job.scenarios) {
  const verdict = await judge(job.access, scenario).catch((error) => ({ ok: false, detail: `closing: ${error.message}` }));
  process.stdout.write(JSON.stringify({ name: scenario.name, ...verdict }) + '\n');
}
