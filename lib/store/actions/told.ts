import type { Dividend, Split } from '../../domain/action.js'
import type { ChangeCounts } from '../../domain/counts.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** What a source was asked about: a symbol on dates on which it names the security. */
export interface AskedAction {
  symbol: string
  range: DateRange
}

/** What it told, with the symbol that it was asked by and the kept body that says so (SHA-256). */
export interface ToldSplit extends Split {
  symbol: string
  answer: string
  usual: boolean
  knownSince: IsoDate
}

export interface ToldDividend extends Dividend {
  symbol: string
  answer: string
  knownSince: IsoDate
}

/** A table of what sources tell. */
interface ToldTable {
  name: 'splits' | 'dividends'
  /** What a row of one source is found by. */
  key: readonly string[]
  /** What it says. */
  values: readonly string[]
}

const SPLITS: ToldTable = { name: 'splits', key: ['symbol_id', 'ex_date'], values: ['split_from', 'split_to', 'usual', 'known_since'] }
const DIVIDENDS: ToldTable = {
  name: 'dividends', key: ['symbol_id', 'ex_date', 'kind'], values: ['amount', 'currency', 'declared_on', 'recorded_on', 'paid_on', 'known_since'],
}

/** Replaces what a source told of splits with an ex-date that it was asked about by what it tells now. The symbols name the securities of their dates, which cannot change in this transaction. */
export function replaceSplits(db: Queryable, source: string, asked: readonly AskedAction[], told: readonly ToldSplit[], pulledAt: Date): Promise<ChangeCounts> {
  return replace(db, SPLITS, source, asked, pulledAt, told.map(({ exDate, from, to, usual, knownSince, symbol, answer }) => ({
    ex_date: exDate, split_from: from, split_to: to, usual, known_since: knownSince, symbol, answer,
  })))
}

/** The same of dividends. */
export function replaceDividends(db: Queryable, source: string, asked: readonly AskedAction[], told: readonly ToldDividend[], pulledAt: Date): Promise<ChangeCounts> {
  return replace(db, DIVIDENDS, source, asked, pulledAt, told.map(({ exDate, kind, amount, currency, declaredOn, recordedOn, paidOn, knownSince, symbol, answer }) => ({
    ex_date: exDate, kind, amount, currency, declared_on: declaredOn, recorded_on: recordedOn, paid_on: paidOn, known_since: knownSince, symbol, answer,
  })))
}

/** A row that says what was said before is left as it is, with the answer that said it first. */
async function replace(db: Queryable, { name, key, values }: ToldTable, source: string, asked: readonly AskedAction[], pulledAt: Date, told: readonly object[]): Promise<ChangeCounts> {
  const list = (columns: readonly string[], of?: string): string => columns.map((column) => (of === undefined ? column : `${of}.${column}`)).join(', ')
  const same = (a: string, b: string): string => `(${list(key, a)}) = (${list(key, b)})`
  const { rows } = await db.query<ChangeCounts>(`
    with asked as (
      select n.symbol_id, n.valid * daterange(a.start, a."end", '[]') as dates
      from jsonb_to_recordset($2) a (symbol text, start date, "end" date)
      join ticker_symbols n on n.symbol = a.symbol
    ), told as materialized (
      select n.symbol_id, t.ex_date, ${list([...key.slice(2), ...values, 'symbol', 'answer'], 't')}
      from jsonb_populate_recordset(null::${name}, $3) t
      join ticker_symbols n on n.symbol = t.symbol and n.valid @> t.ex_date
    ), held as materialized (
      select h.* from ${name} h
      where h.source = $1 and exists (select from asked a where a.symbol_id = h.symbol_id and a.dates @> h.ex_date)
    ), removed as (
      delete from ${name} r using held h
      where r.source = $1 and ${same('r', 'h')} and not exists (select from told t where ${same('t', 'h')})
      returning r.ex_date
    ), different as materialized (
      select t.*, h.source is null as is_new
      from told t left join held h on ${same('t', 'h')}
      where h.source is null or (${list(values, 't')}) is distinct from (${list(values, 'h')})
    ), written as (
      insert into ${name} (${list(key)}, source, ${list(values)}, symbol, answer, pulled_at)
      select ${list(key)}, $1, ${list(values)}, symbol, answer, $4 from different
      on conflict (${list(key)}, source) do update
        set ${[...values, 'symbol', 'answer', 'pulled_at'].map((column) => `${column} = excluded.${column}`).join(', ')}
      returning ex_date
    )
    select (select count(*) from different where is_new) as inserted, (select count(*) from different where not is_new) as updated,
           (select count(*) from told) - (select count(*) from different) as unchanged, (select count(*) from removed) as removed`,
  [source, JSON.stringify(asked.map(({ symbol, range }) => ({ symbol, ...range }))), JSON.stringify(told), pulledAt])
  return rows[0]!
}
