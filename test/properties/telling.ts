import type pg from 'pg'
import { readFacts } from '../../lib/store/universe/facts.js'
import { UsageError } from '../../lib/domain/errors.js'
import { NO_FAILPOINTS } from '../../lib/domain/failpoint.js'
import type { Fact, KeptFact } from '../../lib/domain/fact.js'
import { undated, type Listing } from '../../lib/formats/listing.js'
import { inIdentityTransaction } from '../../lib/features/universe/apply.js'
import { importListings } from '../../lib/features/universe/import.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { retractFacts } from '../../lib/features/universe/retract.js'
import { tell } from '../../lib/features/universe/tell.js'
import { coverageFaults } from '../helpers/coverage.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, wholeState, type LoadOptions, runtimeOf } from '../helpers/load.js'
import type { Random } from '../helpers/random.js'
import { ANCHOR, barsOfFile, SESSIONS, SYMBOLS, type Event, type FileRow, type ListedRow, type Truth } from './truth.js'

/** How somebody who tells something too early is answered; it is told again later. */
const REFUSALS = new Set(['IDENTITY_CONFLICT', 'RENAME_STILL_TRADED', 'RENAME_NO_SECURITY', 'FACT_UNKNOWN'])
const SELECTED_IN_VAIN = new Set(['SOURCE_NO_SELECTED_ROW', 'SOURCE_NO_VALID_ROW', 'SOURCE_NO_KNOWN_ROW'])
const TAKE_ALL = { maxRejected: 100, maxRemoved: 100 }

const listing = ({ symbol, from, to }: ListedRow): Listing => ({ ...undated(0, symbol, {}), from, to })

/** Throws what is wrong, if two lots of lines are not the same. */
function same(what: string, got: readonly string[], wanted: readonly string[]): void {
  const [extra, lacking] = [got.filter((line) => !wanted.includes(line)), wanted.filter((line) => !got.includes(line))]
  if (got.length !== wanted.length || extra.length + lacking.length > 0) throw new Error(`${what}: lacks ${JSON.stringify(lacking)}, has ${JSON.stringify(extra)}`)
}

/** Symbols by date, securities numbered in the order in which they come. */
async function partition(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: number; text: string }>(`select symbol_id as id, concat_ws(' ', symbol, valid, assumed) as text from ticker_symbols order by symbol collate "C", valid`)
  const ids = [...new Set(rows.map(({ id }) => id))]
  return rows.map(({ id, text }) => `${text} ${ids.indexOf(id)}`)
}

/** What is told of each symbol and session by which it was asked for: table, symbol as SQL, date. */
const TOLD = [['provider_bars', '(select symbol from fetches f where f.fetch_id = b.fetch_id)', 'time'], ['splits', 'symbol', 'ex_date'], ['dividends', 'symbol', 'ex_date'], ['split_rulings', 'symbol', 'ex_date']] as const

/** One history on its way into a database. */
export class Telling {
  readonly told: string[] = []
  readonly random: Random
  readonly #versions = SESSIONS.map(() => 0)
  readonly #files = new Map<string, FileRow[]>()
  /** Dates of which somebody loaded selected symbols since they were last loaded whole. */
  readonly #overridden = new Set<string>()
  #pending: Event[]
  #lied: Event[] = []
  /** What of each symbol and session is held: the last change of a symbol when it was told. */
  readonly #asked = new Map<string, number>()

  constructor(readonly pool: pg.Pool, private readonly root: string, readonly truth: Truth, private readonly tally: Record<string, number>) {
    this.random = truth.random
    this.#pending = [...truth.events]
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1
  }

  #publish(session: number): void {
    const version = ++this.#versions[session]!
    const rows = this.truth.file(session, version)
    this.#files.set(`${SESSIONS[session]} ${version}`, rows)
    putDayFile(this.root, SESSIONS[session]!, rows.map(({ bar }) => bar))
  }

  /** A few symbols are known, and some files are there. */
  async begin(): Promise<void> {
    for (const session of SESSIONS.keys()) this.#publish(session)
    const known = SYMBOLS.filter(() => this.random.chance(0.5))
    await this.#import([ANCHOR, ...known].map((symbol) => undated(0, symbol, {})), 'import')
  }

  async #import(rows: Listing[], cause: string, correct = false): Promise<void> {
    await importListings(runtimeOf(this.pool), { listings: { rows, testIssues: 0 }, cause, ...ACCEPTED, correct })
  }

  async #tellEvent(event: Event, reused = false): Promise<void> {
    if (event.kind === 'row') await this.#import([listing(event)], 'import')
    else await renameSymbol(runtimeOf(this.pool), { oldSymbol: event.symbol, newSymbol: event.newSymbol, on: event.on, reused, ...ACCEPTED })
  }

  /** Whether it was believed. */
  async #try(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      this.told.push(what)
      return true
    } catch (error) {
      if (!(error instanceof UsageError) || !REFUSALS.has(error.code)) throw error
      this.told.push(`${what}: ${error.code}`)
      this.#count('refused')
      return false
    }
  }

  async #tellPending(event: Event, asHinted: boolean): Promise<void> {
    this.#pending = this.#pending.filter((other) => other !== event)
    const done = await this.#try(JSON.stringify(event), () => this.#tellEvent(event)) ||
      // What the hint of the refusal says of a symbol that goes on trading.
      (event.kind === 'rename' && asHinted && await this.#try(`${JSON.stringify(event)} reused`, () => this.#tellEvent(event, true)))
    if (done) this.#count(event.kind)
    else this.#pending.push(event)
  }

  /** A change of identities, chosen before anything runs so that a seed says what happens. */
  #change(): () => Promise<unknown> {
    const { random } = this
    const way = random.next()
    if (way < 0.1) return () => this.#discover()
    if (way < 0.25) {
      const lie = this.truth.lie()
      return async () => {
        if (!(await this.#try(`lie ${JSON.stringify(lie)}`, () => this.#tellEvent(lie)))) return
        this.#count('lie')
        this.#lied.push(lie)
      }
    }
    if (way < 0.35) return () => this.#retract()
    if (way < 0.45) {
      const rows = this.truth.rowsOf(random.pick(SYMBOLS))
      return async () => {
        if (rows.length > 0 && await this.#try(`correct ${JSON.stringify(rows)}`, () => this.#import(rows.map(listing), 'import', true))) this.#count('correct')
      }
    }
    if (this.#pending.length === 0) return () => this.#discover()
    const [event, asHinted] = [random.pick(this.#pending), random.chance(0.5)]
    return () => this.#tellPending(event, asHinted)
  }

  async #discover(): Promise<void> {
    this.#count('discover')
    const symbols = new Set([...this.#files.values()].flat().map(({ symbol }) => symbol).filter((symbol) => !symbol.startsWith('WHO')))
    await this.#import([...symbols, ...SYMBOLS].map((symbol) => undated(0, symbol, {})), 'discover')
    this.told.push('discover')
  }

  async #lies(): Promise<KeptFact[]> {
    return (await readFacts(this.pool)).filter((fact) => this.#lied.some((lie) => fact.symbol === lie.symbol && (lie.kind === 'rename'
      ? fact.kind === 'renamed' && fact.newSymbol === lie.newSymbol && fact.from === lie.on
      : fact.kind === 'listed' && fact.from === lie.from && fact.to === lie.to)))
  }

  /** Takes the lies back that were believed, but for one that stands between facts that would contradict each other as yet. */
  async #retract(): Promise<void> {
    for (const { factId } of await this.#lies()) {
      if (await this.#try(`retract ${factId}`, async () => void await retractFacts(runtimeOf(this.pool), { facts: [factId], ...ACCEPTED }))) this.#count('retract')
    }
  }

  #load(): () => Promise<void> {
    const { random } = this
    const [from, to] = [random.below(SESSIONS.length), random.below(SESSIONS.length)].toSorted((a, b) => a - b)
    const selected = random.chance(0.15) ? new Set([random.pick(SYMBOLS), random.pick(SYMBOLS)]) : null
    const options: LoadOptions = { lanes: 1 + random.below(4), force: random.chance(0.2), selected, thresholds: TAKE_ALL }
    return async () => {
      if (selected) for (const date of SESSIONS.slice(from, to! + 1)) this.#overridden.add(date)
      const { days } = await loadDates(this.pool, directorySource(this.root), SESSIONS[from!]!, SESSIONS[to!], options)
      this.told.push(`load ${from} ${to} ${selected ? [...selected].join() : ''}: ${days.map(({ outcome }) => outcome).join()}`)
      for (const { date, outcome, code, message } of days) {
        if (selected && SELECTED_IN_VAIN.has(code ?? '')) continue
        if (!['loaded', 'unchanged', 'locked', 'holiday'].includes(outcome)) throw new Error(`${date} ended as ${outcome}: ${code} ${message}`)
        this.#count(selected && outcome === 'loaded' ? 'selected' : outcome)
      }
    }
  }

  /** Identities change, one after the other in two lanes, while dates are loaded. */
  async round(): Promise<void> {
    const { random } = this
    const lane = (works: (() => Promise<unknown>)[]) => works.reduce<Promise<unknown>>((before, work) => before.then(work), Promise.resolve())
    const changes = () => Array.from({ length: random.below(3) }, () => this.#change())
    const loads = () => Array.from({ length: random.below(3) }, () => this.#load())
    const ended = await Promise.allSettled([changes(), changes(), loads(), loads()].map(lane))
    for (const end of ended) if (end.status === 'rejected') throw end.reason
    for (const session of SESSIONS.keys()) {
      if (!random.chance(0.2)) continue
      this.#publish(session)
      this.#count('published')
    }
  }

  /** A provider is asked for each symbol of each session that names something: what it tells has to follow the symbol. */
  async ask(): Promise<void> {
    const { rows: [last] } = await this.pool.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from universe_changes')
    const named = `ticker_symbols n join unnest('{${SESSIONS.join()}}'::date[]) d (date) on n.valid @> d.date`
    await this.pool.query(`
      insert into jobs (job_id, kind, request) values ('asked', 'fetch', '{}') on conflict do nothing;
      insert into fetches (job_id, provider, symbol, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
      select 'asked', 'told', symbol, 'day', '${SESSIONS[0]}', '${SESSIONS.at(-1)}', 'stored', 1, 1, ${last!.seq}, now(), 1 from (select distinct symbol from ticker_symbols) s;
      insert into provider_bars (symbol_id, timespan, time, provider, basis, open, high, low, close, volume, partial, fetch_id)
      select symbol_id, 'day', date, 'told', 'split', 1, 1, 1, 1, 1, false, (select max(fetch_id) from fetches f where f.symbol = n.symbol) from ${named} on conflict do nothing;
      insert into splits select symbol_id, date, 'told', 1, 2, true, date, symbol, '', now() from ${named} on conflict do nothing;
      insert into dividends select symbol_id, date, 'told', 'regular', 1, null, null, null, null, date, symbol, '', now() from ${named} on conflict do nothing;
      insert into split_rulings select symbol_id, date, true, symbol from ${named} on conflict do nothing`)
    for (const held of await this.#told('splits', 'symbol', 'ex_date')) if (!this.#asked.has(held)) this.#asked.set(held, last!.seq)
  }

  /** The symbols and sessions of which something is held; throws where it is of another security than the symbol names. */
  async #told(table: string, symbol: string, date: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ told: string; isNamed: boolean }>(`
      select symbol || ' ' || date as told, exists (select from ticker_symbols n where n.symbol = told.symbol and n.valid @> date and n.symbol_id = told.symbol_id) as "isNamed"
      from (select symbol_id, ${symbol} as symbol, ${date} as date from ${table} b) told`)
    const other = rows.find(({ isNamed }) => !isNamed)
    if (other !== undefined) throw new Error(`what ${table} has of ${other.told} is of another security`)
    return rows.map(({ told }) => told)
  }

  /** What was told stays, of the security that its symbol names, until it names none. */
  async #checkTold(): Promise<void> {
    const { rows } = await this.pool.query<{ asked: string; seq: number }>(`
      select c.symbol || ' ' || d.date as asked, max(c.seq) as seq
      from universe_changes c join unnest('{${SESSIONS.join()}}'::date[]) d (date) on c.dates @> d.date
      where c.new_symbol_id is null
      group by 1`)
    for (const { asked, seq } of rows) if ((this.#asked.get(asked) ?? Infinity) < seq) this.#asked.delete(asked)
    for (const [table, symbol, date] of TOLD) same(`what ${table} has of each symbol and session`, await this.#told(table, symbol, date), [...this.#asked.keys()])
  }

  /** Loads every date whole. */
  async #loadAll(pool: pg.Pool): Promise<string[]> {
    const { days } = await loadDates(pool, directorySource(this.root), SESSIONS[0]!, SESSIONS.at(-1), { thresholds: TAKE_ALL })
    return days.flatMap(({ outcome }) => (outcome === 'holiday' ? [] : [outcome]))
  }

  /** Everything that is true gets told, and nothing that is not stays. */
  async end(): Promise<void> {
    await this.#discover()
    for (let [before, left] = [Infinity, await this.#untold()]; left > 0 && left < before; [before, left] = [left, await this.#untold()]) {
      await this.#retract()
      for (const event of this.#pending) await this.#tellPending(event, this.random.chance(0.5))
    }
    // Rows of which each contradicts what is known without the others are told in one file.
    const rows = this.#pending.filter((event) => event.kind === 'row')
    const last = [...(rows.length > 0 ? [() => this.#import(rows.map(listing), 'import')] : []), ...this.#pending.filter((event) => event.kind === 'rename').map((event) => () => this.#tellEvent(event, true))]
    for (const tellLast of last) if (!(await this.#try(`${JSON.stringify(this.#pending)} at last`, tellLast))) throw new Error(`never believed: ${JSON.stringify(this.#pending)}`)
    await this.#retract()
    if ((await this.#lies()).length > 0) throw new Error('lies stay')
  }

  async #untold(): Promise<number> {
    return this.#pending.length + (await this.#lies()).length
  }

  async #ranges(): Promise<(date: string) => (symbol: string) => number | undefined> {
    const { rows } = await this.pool.query<{ symbol: string; id: number; from: string | null; to: string | null }>(
      'select symbol, symbol_id as id, lower(valid) as from, upper(valid) as to from ticker_symbols')
    return (date) => (symbol) => rows.find((row) => row.symbol === symbol && (row.from ?? '') <= date && date < (row.to ?? '~'))?.id
  }

  async #stored(): Promise<Map<string, string[]>> {
    const { rows } = await this.pool.query<{ date: string; bar: string }>(`
      select time as date, symbol_id || ' ' || concat_ws(',', open, high, low, close, volume, transactions) as bar from ohlcv_daily order by time, symbol_id`)
    const byDate = new Map<string, string[]>(SESSIONS.map((date) => [date, []]))
    for (const { date, bar } of rows) byDate.get(date)!.push(bar)
    return byDate
  }

  /** What must hold at any time: bars are those of the files, but for symbols that became known since; the ledger says so too. */
  async check(): Promise<void> {
    const { pool } = this
    await this.#checkTold()
    same('the securities with bars', await coverageFaults(pool), [])
    const [securityOn, stored] = [await this.#ranges(), await this.#stored()]
    const { rows: nameless } = await pool.query('select from ohlcv_daily b where not exists (select from ticker_symbols s where s.symbol_id = b.symbol_id and s.valid @> b.time)')
    if (nameless.length > 0) throw new Error(`${nameless.length} bars are of securities without a symbol on their date`)
    const { rows: days } = await pool.query<{ date: string; version: number; stale: boolean; unknown: string[]; agrees: boolean; is_known: boolean }>(`
      select d.date, d.stale, (d.row_count, d.hash_sum, d.rehash_sum) = (c.row_count, c.hash_sum, c.rehash_sum) as agrees,
             array(select symbol from unknown_symbols u where u.date = d.date) as unknown,
             exists (select from unknown_symbols u join ticker_symbols s on s.symbol = u.symbol and s.valid @> u.date where u.date = d.date) as is_known,
             (select volume::integer from ohlcv_daily b join ticker_symbols s using (symbol_id) where b.time = d.date and s.symbol = '${ANCHOR}') as version
      from days d cross join lateral ohlcv_daily_checksum(d.date) c`)
    for (const { date, version, stale, unknown, agrees, is_known: isKnown } of days) {
      if (isKnown && !stale) throw new Error(`${date} has rows of a symbol that is known now, and is not stale`)
      if (this.#overridden.has(date)) continue
      if (!agrees) throw new Error(`the sums of ${date} are not those of its bars`)
      const securityOf = securityOn(date)
      const file = this.#files.get(`${date} ${version}`)!
      same(date, stored.get(date)!, barsOfFile(file, (symbol) => (unknown.includes(symbol) ? undefined : securityOf(symbol))))
    }
  }

  /** Loaded once more every date is as its last file says, and once more unchanged. */
  async settle(): Promise<void> {
    await this.#loadAll(this.pool)
    this.#overridden.clear()
    await this.check()
    same('loaded again', await this.#loadAll(this.pool), SESSIONS.map(() => 'unchanged'))
    const [securityOn, stored] = [await this.#ranges(), await this.#stored()]
    for (const [session, date] of SESSIONS.entries()) same(date, stored.get(date)!, barsOfFile(this.#files.get(`${date} ${this.#versions[session]}`)!, securityOn(date)))
  }

  /** Every row has a security, and bars are of one security where they truly are of one. */
  async compareWithTruth(): Promise<void> {
    const idOf = new Map<number, number>()
    const securityOn = await this.#ranges()
    for (const [session, date] of SESSIONS.entries()) {
      for (const [symbol, security] of this.truth.named[session]!) {
        const id = securityOn(date)(symbol)
        if (id === undefined) throw new Error(`${symbol} names nothing on ${date}`)
        if (!idOf.has(security) && [...idOf.values()].includes(id)) throw new Error(`${symbol} is two securities in one on ${date}`)
        if ((idOf.get(security) ?? id) !== id) throw new Error(`${symbol} is not on ${date} what it was`)
        idOf.set(security, id)
      }
    }
  }

  /** The same facts, told in another order to a database that has no bars yet. */
  async compareWithAnotherOrder(other: pg.Pool): Promise<void> {
    let left: Fact[] = await readFacts(this.pool)
    left = left.map((fact) => ({ fact, place: this.random.next() })).sort((a, b) => a.place - b.place).map(({ fact }) => fact)
    const tellOther = async (facts: readonly Fact[]) => inIdentityTransaction(runtimeOf(other), false, async (client) =>
      tell(client, { facts, retracted: [], concerned: facts.flatMap((fact) => (fact.kind === 'renamed' ? [fact.symbol, fact.newSymbol] : [fact.symbol])), cause: 'told', request: ACCEPTED, failpoint: NO_FAILPOINTS }))
    for (let before = Infinity; left.length > 0 && left.length < before;) {
      before = left.length
      const refused: Fact[] = []
      for (const fact of left) {
        try {
          await tellOther([fact])
        } catch (error) {
          if ((error as UsageError).code !== 'IDENTITY_CONFLICT') throw error
          refused.push(fact)
        }
      }
      left = refused
    }
    if (left.length > 0) await tellOther(left)
    same('told in another order', await partition(other), await partition(this.pool))
    await this.#loadAll(other)
    const [state, wanted] = [await wholeState(this.pool), await wholeState(other)]
    for (const [name, lines] of Object.entries(wanted)) same(`${name} after another order`, state[name]!, lines)
  }
}
