import type { IsoDate } from '../../domain/dates.js'
import { grouped } from '../../domain/grouped.js'
import type { SymbolRange } from '../../store/universe/ranges.js'
import type { Chain } from './chains.js'
import { byStart, overlap } from './identity.js'

/** A security that has ranges in common with a chain. */
interface Claim {
  symbolId: number
  chain: Chain
  /** The place in the chain of the first stretch in common. */
  first: number
  /** The first date of the earliest of the security's ranges that has something in common. */
  since: IsoDate | null
  /** The last date in common. */
  last: string
}

/** Stands for "after every date"; ISO dates compare as text. */
const NEVER = '~'
const latest = (a: string | null, b: string | null): string => ((a ?? NEVER) < (b ?? NEVER) ? a : b) ?? NEVER

function claimsOf(chain: Chain, current: ReadonlyMap<string, readonly SymbolRange[]>): Claim[] {
  const claims = new Map<number, Claim>()
  for (const [place, stretch] of chain.entries()) {
    for (const range of (current.get(stretch.symbol) ?? []).filter((range) => overlap(range, stretch))) {
      const last = latest(range.to, stretch.to)
      const claim = claims.get(range.symbolId)
      if (claim) claim.last = last > claim.last ? last : claim.last
      else claims.set(range.symbolId, { symbolId: range.symbolId, chain, first: place, since: range.from, last })
    }
  }
  return [...claims.values()]
}

/**
 * Which chain a security wants to be most: one with a rename, from as early as possible, since a rename is about the security
 * named the day before; else one that has its earliest symbol, and of these the latest, since a list without dates is about today.
 */
function byWish(a: Claim, b: Claim): number {
  const [isRenamed, isOtherRenamed] = [a.chain.length > 1, b.chain.length > 1]
  if (isRenamed !== isOtherRenamed) return isRenamed ? -1 : 1
  if (isRenamed) return byStart(a.chain[a.first]!, b.chain[b.first]!) || a.first - b.first
  return byStart({ from: a.since }, { from: b.since }) || (a.last > b.last ? -1 : a.last < b.last ? 1 : 0) || byStart(a.chain[0]!, b.chain[0]!)
}

/**
 * Gives each chain the security that it continues, and an id below zero where it is a new one: each security goes to the
 * chain it wants most among those that no security with an earlier part in them wants. As long as ids stay no bar has to move.
 */
export function withSecurities(chains: readonly Chain[], current: readonly SymbolRange[]): SymbolRange[] {
  const rangesBySymbol = grouped(current, ({ symbol }) => [symbol])
  const wishes = grouped(chains.flatMap((chain) => claimsOf(chain, rangesBySymbol)), ({ symbolId }) => [symbolId])
  for (const claims of wishes.values()) claims.sort(byWish)
  const holders = new Map<Chain, Claim>()
  const asking = [...wishes.keys()].sort((a, b) => b - a)
  for (let id = asking.pop(); id !== undefined; id = asking.pop()) {
    const claim = wishes.get(id)!.shift()
    if (!claim) continue
    const holder = holders.get(claim.chain)
    const isFirst = holder === undefined || claim.first < holder.first || (claim.first === holder.first && claim.symbolId < holder.symbolId)
    if (isFirst) holders.set(claim.chain, claim)
    const turnedAway = isFirst ? holder?.symbolId : claim.symbolId
    if (turnedAway !== undefined) asking.push(turnedAway)
  }
  let made = 0
  return chains.flatMap((chain) => {
    const symbolId = holders.get(chain)?.symbolId ?? --made
    return chain.map((stretch) => ({ symbolId, ...stretch }))
  })
}
