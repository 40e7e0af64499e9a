import { addDays, type IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import type { SymbolRange } from '../db/universe-ranges.js'
import { byStart, covers, datesText, earlierEnd, outside, within, type Dates } from './identity.js'

/** From `on` the security that `oldSymbol` named the day before is called `newSymbol`. */
export interface Rename {
  oldSymbol: string
  newSymbol: string
  on: IsoDate
  /** The old symbol names another security, a new one, from `on`. */
  reused: boolean
}

export interface RenamePlan {
  symbolId: number
  wanted: SymbolRange[]
  /** The dates from `on` on which the old symbol named the security; it must have no bars there unless reused. */
  freed: (Dates & { from: IsoDate }) | undefined
}

/** Stands for the security that a reused symbol names, until it has an id. */
const REUSED_ID = -1

function noSecurity(ranges: readonly SymbolRange[], { oldSymbol, on }: Rename): UsageError {
  const known = ranges.filter((range) => range.symbol === oldSymbol).toSorted(byStart)
  return new UsageError('RENAME_NO_SECURITY', `${oldSymbol} names no security on ${addDays(on, -1)}, the day before the rename`, {
    hint: known.length === 0
      ? 'register it first with `ohlcv universe import` or `ohlcv universe discover`'
      : `it names one ${known.map(datesText).join(', ')}`,
  })
}

function renamedOtherwise(ranges: readonly SymbolRange[], { oldSymbol, on }: Rename, symbolId: number): UsageError {
  const known = ranges.find((range) => range.symbolId === symbolId && covers(range, on))?.symbol
  return new UsageError('RENAME_KNOWN_OTHERWISE', `what ${oldSymbol} named on ${addDays(on, -1)} is known to be ${known} from ${on}`, {
    hint: `see \`ohlcv universe history ${oldSymbol}\`; to correct dates, import a CSV with valid_from and valid_to`,
  })
}

const earliest = (ranges: readonly SymbolRange[], matches: (range: SymbolRange) => boolean): IsoDate | null =>
  ranges.reduce<IsoDate | null>((first, range) => (matches(range) ? earlierEnd(first, range.from) : first), null)

/**
 * The ranges after the rename of a security that only its new symbol is known for, as in a list of today's symbols: the
 * assumed range before the rename turns out to be the old symbol's. What the new symbol named then is another security.
 */
function planKnownByNewName(ranges: readonly SymbolRange[], { oldSymbol, newSymbol, on }: Rename, known: SymbolRange): RenamePlan {
  const past = within(known, { from: null, to: on }).map((range) => ({ ...range, assumed: true }))
  return {
    symbolId: known.symbolId,
    wanted: [
      ...ranges.filter((range) => range !== known),
      ...past.map((range) => ({ ...range, symbol: oldSymbol })),
      ...past.map((range) => ({ ...range, symbolId: REUSED_ID })),
      ...within(known, { from: on, to: null }).map((range) => ({ ...range, symbol: newSymbol, assumed: false })),
    ],
    freed: undefined,
  }
}

/**
 * The ranges after a rename. Where the new symbol is assumed to name another security from that date, it turns out that
 * this was the renamed one: all that the other is called from then on is the renamed one's, the earlier dates stay.
 * @param ranges every range of every security that either symbol names on some date
 * @returns undefined when the rename is known already
 * @throws UsageError RENAME_NO_SECURITY; RENAME_SYMBOL_TAKEN when dated evidence says that the new symbol is another's;
 *   RENAME_KNOWN_OTHERWISE when the security is known to have got another symbol on that date
 */
export function planRename(ranges: readonly SymbolRange[], rename: Rename): RenamePlan | undefined {
  const { oldSymbol, newSymbol, on, reused } = rename
  const own = ranges.find((range) => range.symbol === oldSymbol && covers(range, addDays(on, -1)))
  const taken = ranges.find((range) => range.symbol === newSymbol && covers(range, on))
  if (!own) {
    const isNew = ranges.every((range) => range.symbol !== oldSymbol)
    if (isNew && taken?.assumed && covers(taken, addDays(on, -1))) return planKnownByNewName(ranges, rename, taken)
    throw noSecurity(ranges, rename)
  }
  if (taken?.symbolId === own.symbolId) return undefined
  if (taken && !taken.assumed) {
    throw new UsageError('RENAME_SYMBOL_TAKEN', `${newSymbol} is known to name another security ${datesText(taken)}`, {
      hint: `see \`ohlcv universe history ${newSymbol}\`; to correct its dates, import a CSV with valid_from and valid_to`,
    })
  }
  const { symbolId } = own
  const later = (range: SymbolRange) => range !== taken && range.from !== null && range.from >= on
  // Until its own end or next name the security is whatever the new symbol's security turns out to be called. Where an
  // assumed range stops, or the rename begins, only the symbol is known to stop.
  const ending = own.assumed || own.to === on ? null : own.to
  const life: Dates = { from: on, to: earlierEnd(ending, earliest(ranges, (range) => later(range) && range.symbolId === symbolId)) }
  if (life.to === on) throw renamedOtherwise(ranges, rename, symbolId)
  const nextBearer = earliest(ranges, (range) => later(range) && range.symbol === newSymbol)
  const named: Dates = { from: on, to: earlierEnd(life.to, earlierEnd(taken?.to ?? null, nextBearer)) }
  const wanted: SymbolRange[] = [{ symbolId, symbol: newSymbol, ...named, assumed: false }]
  for (const range of ranges) {
    if (range === own) wanted.push(...within(range, { from: null, to: on }))
    else if (range === taken) wanted.push(...outside(range, named))
    else if (range.symbolId === taken?.symbolId) {
      wanted.push(...outside(range, life), ...within({ ...range, symbolId }, life))
    } else wanted.push(range)
  }
  const freed = within(own, { from: on, to: null })[0]
  if (reused) {
    const to = freed ? freed.to : earliest(ranges, (range) => later(range) && range.symbol === oldSymbol)
    if (to !== on) wanted.push({ symbolId: REUSED_ID, symbol: oldSymbol, from: on, to, assumed: true })
  }
  return { symbolId, wanted, freed: freed && { from: on, to: freed.to } }
}
