import type pg from 'pg'
import type { Description } from '../../domain/description.js'
import { UsageError } from '../../domain/errors.js'
import type { Fact, KeptFact } from '../../domain/fact.js'
import type { Failpoints } from '../../domain/failpoint.js'
import { appendFacts, appendRetractions, readFacts } from '../../store/universe/facts.js'
import { rangesOfSymbols, type SymbolRange } from '../../store/universe/ranges.js'
import type { Piece } from '../../store/universe/changes.js'
import { applyIdentityPlan, type IdentityChange, type Limits } from './apply.js'
import { chainsOf, contradictionIn } from './chains.js'
import { factKey, factsAround, factText, symbolsOfFact } from './facts.js'
import { pieces } from './identity.js'
import { withSecurities } from './securities.js'

/** How an identity change is to be done, whoever asks for it. */
export interface IdentityRequest extends Limits {
  /** Say what would happen, and keep nothing. */
  dryRun: boolean
}

/** What somebody says about symbols. */
export interface Statement {
  facts: readonly Fact[]
  /** Facts told before that were wrong. */
  retracted: readonly KeptFact[]
  /** Symbols whose ranges are asked for, though nothing may be new about them. */
  concerned: readonly string[]
  /** For `identity_facts` and `universe_changes`, for instance `rename`. */
  cause: string
  request: IdentityRequest
  failpoint: Failpoints
  /** What is known about the securities that are new in the ranges, by their id below zero. */
  describe?: (wanted: readonly SymbolRange[]) => ReadonlyMap<number, Description>
  /** Called with what will change; what it throws keeps everything as it is. */
  beforeMoving?: (pieces: readonly Piece[]) => Promise<void>
}

/** What came of it. */
export interface TellResult {
  /** The facts that were not known before. */
  facts: Fact[]
  /** The ranges of all securities concerned, as they were and as they are now. */
  before: SymbolRange[]
  after: SymbolRange[]
  change: IdentityChange
}

function told(fact: Fact): string {
  return 'factId' in fact ? `${factText(fact)} (fact ${(fact as KeptFact).factId}, ${(fact as KeptFact).cause})` : `${factText(fact)} (told now)`
}

/** @throws UsageError IDENTITY_CONFLICT, naming both facts */
function refuseContradiction(facts: readonly Fact[]): void {
  const pair = contradictionIn(facts)
  if (!pair) return
  throw new UsageError('IDENTITY_CONFLICT', `these cannot both be: ${told(pair[0])}; ${told(pair[1])}`, {
    hint: 'nothing was changed; a fact that is wrong is taken back with `ohlcv universe retract`, and an import with --correct takes back what its rows contradict',
  })
}

/**
 * Adds facts to what is known, takes others back, and makes ranges and bars what all facts together say. What the facts do
 * not concern stays as it is. To be called within an identity transaction.
 * @throws UsageError IDENTITY_CONFLICT when two facts cannot both be true; IDENTITY_TOO_MANY unless accepted; as {@link applyIdentityPlan}
 */
export async function tell(client: pg.ClientBase, { facts, retracted, concerned, cause, request, failpoint, describe, beforeMoving }: Statement): Promise<TellResult> {
  const known = await readFacts(client)
  const wrong = new Set(retracted.map(({ factId }) => factId))
  const right = known.filter(({ factId }) => !wrong.has(factId))
  const keys = new Set(right.map(factKey))
  const added = facts.filter((fact) => !keys.has(factKey(fact)) && keys.add(factKey(fact)))
  const symbols = new Set([...concerned, ...factsAround([...known, ...added], concerned).flatMap(symbolsOfFact)])
  const about = [...right, ...added].filter((fact) => symbols.has(fact.symbol))
  refuseContradiction(about)
  const before = await rangesOfSymbols(client, [...symbols])
  const isNew = added.length + retracted.length > 0
  const wanted = isNew ? withSecurities(chainsOf(about), before) : before
  await beforeMoving?.(pieces(before, wanted))
  if (added.length > 0) await appendFacts(client, added, cause)
  if (retracted.length > 0) await appendRetractions(client, [...wrong], cause)
  await failpoint('identity-facts-written')
  const change = await applyIdentityPlan(client, { current: before, wanted, descriptions: describe?.(wanted) ?? new Map(), cause, limits: request, failpoint })
  if (change.refusal && !request.dryRun) throw change.refusal
  const after = wanted.map((range) => ({ ...range, symbolId: change.made.get(range.symbolId) ?? range.symbolId }))
  return { facts: added, before, after, change }
}
