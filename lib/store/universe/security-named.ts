import type { IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { Queryable } from '../../postgres/database.js'
import { securitiesNamed, type Security } from './symbols.js'
import { unknownSymbols } from './unknown-symbols.js'

/** The security a symbol was taken to mean, and the others it has named. */
export interface Named {
  security: Security
  /** What the security is called now, or was at last. */
  symbol: string
  others: Security[]
}

const FOREVER = '9999-12-31'

/** The last date on which the symbol named the security. */
function lastDate(security: Security, symbol: string): string {
  return security.names.filter((name) => name.symbol === symbol).reduce((last, { to }) => (last > (to ?? FOREVER) ? last : (to ?? FOREVER)), '')
}

function isOn({ from, to }: Security['names'][number], date: IsoDate): boolean {
  return (from === null || from <= date) && (to === null || date <= to)
}

function isNamedOn(security: Security, symbol: string, date: IsoDate): boolean {
  return security.names.some((name) => name.symbol === symbol && isOn(name, date))
}

/**
 * The security a symbol means: the one it names on a date, or (null) the one it names now or named last.
 * @throws UsageError when the universe lacks the symbol (with symbols like it), or it named none on the date
 */
export async function securityNamed(db: Queryable, symbol: string, on: IsoDate | null): Promise<Named> {
  const securities = await securitiesNamed(db, symbol)
  if (securities.length === 0) throw await unknownSymbols(db, [symbol])
  const newestFirst = securities.toSorted((a, b) => (lastDate(a, symbol) < lastDate(b, symbol) ? 1 : -1))
  const security = on === null ? newestFirst[0] : newestFirst.find((candidate) => isNamedOn(candidate, symbol, on))
  if (!security) {
    const spans = securities.flatMap(({ names }) => names.filter((name) => name.symbol === symbol).map(describeSpan))
    throw new UsageError('SYMBOL_NOT_ON_DATE', `${symbol} named no security on ${on}`, { hint: `it did ${spans.join(', and ')}` })
  }
  return { security, symbol: security.names.at(-1)?.symbol ?? symbol, others: newestFirst.filter((other) => other !== security) }
}

/** The dates of a name in words. */
export function describeSpan({ from, to }: { from: IsoDate | null; to: IsoDate | null }): string {
  if (from === null && to === null) return 'on every date'
  return [from === null ? '' : `from ${from}`, to === null ? '' : `until ${to}`].filter(Boolean).join(' ')
}

/** What a security was called on a date. */
export function symbolOn(security: Security, date: IsoDate): string | null {
  return security.names.find((name) => isOn(name, date))?.symbol ?? null
}
