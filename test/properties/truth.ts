import { addDays, isoDate, type IsoDate } from '../../lib/domain/dates.js'
import { Random } from '../helpers/random.js'

// What really happened in a small market, and what anybody could tell of it. Knows nothing of how the program thinks.

export const SESSIONS = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13', '2025-01-14'].map((date) => isoDate(date))
export const SYMBOLS = ['A', 'B', 'C', 'D', 'E'] as const
/** Trades every day under the one name, so that no file is without a known row. */
export const ANCHOR = 'ANCHOR'

/** The security that each symbol names on a session; a symbol that is not in it names none. */
type Named = ReadonlyMap<string, number>

/** Something true that somebody may tell. The end of a row is exclusive. */
export type Event = Renaming | ListedRow
export interface ListedRow { kind: 'row'; symbol: string; from: IsoDate | null; to: IsoDate | null }
interface Renaming { kind: 'rename'; symbol: string; newSymbol: string; on: IsoDate }

/** A row of a day file: what it says, and the security it is truly of. */
export interface FileRow { symbol: string; security: number; bar: string; isValid: boolean }

const shuffled = <T>(random: Random, items: readonly T[]): T[] => {
  const left = [...items]
  return items.map(() => left.splice(random.below(left.length), 1)[0]!)
}

/** One history: who was called what on each session, and everything there is to tell about it, in order. */
export class Truth {
  readonly named: Named[]
  readonly events: Event[] = []

  constructor(readonly random: Random) {
    const first = new Map<string, number>(shuffled(random, SYMBOLS).slice(0, 2 + random.below(2)).map((symbol, index) => [symbol, index + 1]))
    this.named = [first]
    let securities = first.size
    for (const date of SESSIONS.slice(1)) {
      const now = new Map(this.named.at(-1))
      for (const deed of random.chance(0.85) ? [random.next()] : []) {
        const free = SYMBOLS.filter((symbol) => !now.has(symbol))
        const [symbol, other] = shuffled(random, [...now.keys()])
        if (deed < 0.25 && free.length > 0) {
          const listed = random.pick(free)
          now.set(listed, ++securities)
          this.events.push({ kind: 'row', symbol: listed, from: date, to: null })
        } else if (symbol === undefined) continue
        else if (deed < 0.4) {
          now.delete(symbol)
          this.#ended(symbol, date)
        } else if (deed < 0.55 && other !== undefined) {
          // Symbols exchanged, or one that gets the other's, who gets a new one.
          const third = free.length > 0 && random.chance(0.5) ? random.pick(free) : symbol
          this.#renamed(now, [[symbol, other], [other, third]], date)
        } else if (free.length > 0) this.#renamed(now, [[symbol, random.pick(free)]], date)
      }
      this.named.push(now)
    }
  }

  #renamed(now: Map<string, number>, renames: readonly [string, string][], on: IsoDate): void {
    const securities = renames.map(([symbol]) => now.get(symbol)!)
    for (const [symbol] of renames) now.delete(symbol)
    for (const [index, [symbol, newSymbol]] of renames.entries()) {
      now.set(newSymbol, securities[index]!)
      this.events.push({ kind: 'rename', symbol, newSymbol, on })
    }
  }

  /** A delisting is told on its own, or in one row with the listing. */
  #ended(symbol: string, date: IsoDate): void {
    const last = this.events.findLast((event) => event.symbol === symbol || (event.kind === 'rename' && event.newSymbol === symbol))
    if (last?.kind === 'row' && last.from !== null && last.to === null && this.random.chance(0.5)) last.to = date
    else this.events.push({ kind: 'row', symbol, from: null, to: date })
  }

  /** All that is true of when a symbol was listed. */
  rowsOf(symbol: string): ListedRow[] {
    return this.events.filter((event) => event.kind === 'row').filter((row) => row.symbol === symbol)
  }

  /** Something that is not true: its date is no session. */
  lie(): Event {
    const { random } = this
    const date = isoDate(random.pick(['2025-01-09', '2025-01-11', '2025-01-12']))
    const [symbol, newSymbol] = shuffled(random, SYMBOLS)
    const until = random.chance(0.3) ? addDays(date, 1) : null
    return random.chance(0.5)
      ? { kind: 'rename', symbol: symbol!, newSymbol: newSymbol!, on: date }
      : random.chance(0.5) ? { kind: 'row', symbol: symbol!, from: date, to: until } : { kind: 'row', symbol: symbol!, from: null, to: date }
  }

  /** A version of a session's file: some do not trade, some rows are no bars, some come twice. The open price tells the security. */
  file(session: number, version: number): FileRow[] {
    const random = new Random(this.random.seed * 1009 + session * 31 + version)
    const row = (symbol: string, security: number, cents: number, isValid = true): FileRow => {
      const open = `${security * 100 + session}.${version % 10}`
      return { symbol, security, isValid, bar: [symbol, open, security * 100 + 50, isValid ? security * 100 - 50 : security * 100 + 49, `${security * 100}.${cents}`, version, session].join(',') }
    }
    const rows = [row(ANCHOR, 90, 1), row(`WHO${version % 3}`, 91, 1)]
    for (const [symbol, security] of this.named[session]!) {
      if (random.chance(0.1)) continue
      rows.push(row(symbol, security, 1, !random.chance(0.07)))
      if (random.chance(0.07)) rows.push(row(symbol, security, 1 + random.below(2)))
    }
    return rows
  }
}

/** The bars that a file gives when symbols name these securities on its date, as `id bar`. */
export function barsOfFile(rows: readonly FileRow[], securityOf: (symbol: string) => number | undefined): string[] {
  const seen = new Map<number, string>()
  for (const { symbol, bar, isValid } of rows) {
    const id = securityOf(symbol)
    if (id !== undefined && isValid && !seen.has(id)) seen.set(id, bar.slice(bar.indexOf(',') + 1))
  }
  return [...seen].map(([id, bar]) => `${id} ${bar}`).sort()
}
