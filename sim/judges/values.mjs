// Values in the neutral notation of the table, and node-oracledb's own.
//
// A value is "kind:payload", "kind*n:unit" for a payload of n units, or null.
import oracledb from 'oracledb';

const kinds = {
  number: oracledb.DB_TYPE_NUMBER, text: oracledb.DB_TYPE_VARCHAR, char: oracledb.DB_TYPE_CHAR,
  ntext: oracledb.DB_TYPE_NVARCHAR, date: oracledb.DB_TYPE_DATE, ts: oracledb.DB_TYPE_TIMESTAMP,
  tstz: oracledb.DB_TYPE_TIMESTAMP_TZ, tsltz: oracledb.DB_TYPE_TIMESTAMP_LTZ, ds: oracledb.DB_TYPE_INTERVAL_DS,
  ym: oracledb.DB_TYPE_INTERVAL_YM, raw: oracledb.DB_TYPE_RAW, float: oracledb.DB_TYPE_BINARY_FLOAT,
  double: oracledb.DB_TYPE_BINARY_DOUBLE, clob: oracledb.DB_TYPE_CLOB, nclob: oracledb.DB_TYPE_NCLOB,
  blob: oracledb.DB_TYPE_BLOB, bool: oracledb.DB_TYPE_BOOLEAN, rowid: oracledb.DB_TYPE_VARCHAR, cursor: oracledb.CURSOR,
  json: oracledb.DB_TYPE_JSON,
};

export function split(value) {
  const [, kind, times, payload] = /^(\w+)(?:\*(\d+))?:([^]*)$/.exec(value);
  return [kind, payload.repeat(Number(times ?? 1))];
}

// moment is an instant; a wall clock time without an offset is one in UTC.
// The driver has milliseconds at best.
function moment(payload) {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign = '+', oh = '0', om = '0'] =
    /^(-?\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:([+-])(\d\d):(\d\d))?$/.exec(payload);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  return new Date(date.getTime() - Number(sign + 1) * (Number(oh) * 60 + Number(om)) * 60_000);
}

function span(payload) {
  const [, sign, days, hours, minutes, seconds, fraction = '0'] = /^([+-])(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(payload);
  const [d, h, m, s, f] = [days, hours, minutes, seconds, fraction.padEnd(9, '0')].map((n) => Number(sign + n) || 0);
  return new oracledb.IntervalDS({ days: d, hours: h, minutes: m, seconds: s, fseconds: f });
}

function years(payload) {
  const [, sign, y, m] = /^([+-])(\d+)-(\d+)$/.exec(payload);
  return new oracledb.IntervalYM({ years: Number(sign + y) || 0, months: Number(sign + m) || 0 });
}

const hex = (payload) => Buffer.from(payload, 'hex');
const readers = {
  number: decimal, date: moment, ts: moment, tstz: moment, tsltz: moment, ds: span, ym: years,
  raw: hex, blob: hex, float: Number, double: Number, bool: (p) => p === 'true', json: JSON.parse,
};

function javascript(value) {
  const [kind, payload] = split(value);
  return (readers[kind] ?? String)(payload);
}

// decimal is a number's digits and exponent, so that 38 digits compare.
function decimal(text) {
  const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(String(text));
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign === '-' ? '-' : ''}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

// bind makes an IN bind. A number that JavaScript cannot hold travels as text.
export function bind(value) {
  if (value === null) return { val: null };
  const [kind, payload] = split(value);
  if (kind !== 'number') return { val: javascript(value), type: kinds[kind] };
  const exact = decimal(Number(payload)) === decimal(payload);
  return exact ? { val: Number(payload), type: kinds.number } : { val: payload, type: kinds.text };
}

// column declares the type of an array of values.
export function column(all) {
  const known = all.filter((v) => v !== null);
  const { type } = known.length ? bind(known[0]) : { type: kinds.text };
  const size = Math.max(1, ...known.map((v) => Buffer.byteLength(split(v)[1])));
  return [kinds.text, kinds.ntext, kinds.char, kinds.raw].includes(type) ? { type, maxSize: size } : { type };
}

// receiver makes an OUT bind of a "kind" or "kind(size)".
export function receiver(kind) {
  const [, name, size] = /^(\w+)(?:\((\d+)\))?$/.exec(kind);
  return { dir: oracledb.BIND_OUT, type: kinds[name], ...(size && { maxSize: Number(size) }) };
}

// fetchTypes fetches numbers as text, for their digits, and LOBs as values
// unless the step wants locators.
export function fetchTypes(step) {
  return ({ dbType }) => {
    if (dbType === oracledb.DB_TYPE_NUMBER) return { type: oracledb.STRING };
    if (step.locators) return undefined;
    if (dbType === oracledb.DB_TYPE_CLOB || dbType === oracledb.DB_TYPE_NCLOB) return { type: oracledb.STRING };
    return dbType === oracledb.DB_TYPE_BLOB ? { type: oracledb.BUFFER } : undefined;
  };
}

// expected is a value in the form that rendered gives it.
export function expected(value) {
  return value === null ? null : plain(javascript(value));
}

// rendered is what the driver gave, as far as it can be compared.
export async function rendered(want, got) {
  if (got instanceof oracledb.Lob) got = (await got.getData()) ?? ''; // an empty LOB has no data
  if (want === null || got === null || got === undefined) return got ?? null;
  return plain(split(want)[0] === 'number' ? decimal(got) : got);
}

// plain turns objects of classes into what deep comparison can compare.
function plain(value) {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (value instanceof oracledb.IntervalDS || value instanceof oracledb.IntervalYM) return JSON.stringify(value);
  return value;
}

export function short(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length < 200 ? text : `${text.slice(0, 100)}… (${text.length} characters)`;
}
