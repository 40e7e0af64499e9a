import { UsageError } from '../../domain/errors.js'
import type { KeptFact } from '../../domain/fact.js'
import { readFacts } from '../../store/universe/facts.js'
import type { Runtime } from '../runs/runtime.js'
import { inIdentityTransaction, type IdentityChange } from './apply.js'
import { symbolsOfFact } from './facts.js'
import { tell, type IdentityRequest } from './tell.js'

/** Facts to take back, by their ids, and how. */
export interface RetractRequest extends IdentityRequest {
  facts: readonly number[]
}

/** What taking facts back did. */
export interface Retraction {
  facts: KeptFact[]
  change: IdentityChange
}

/**
 * Takes back facts that were wrong, and moves the loaded bars to where the others say; all or nothing.
 * @throws UsageError FACT_UNKNOWN for an id that is of no fact, or of one taken back already
 */
export async function retractFacts(runtime: Runtime, request: RetractRequest): Promise<Retraction> {
  return inIdentityTransaction(runtime, request.dryRun, async (client) => {
    const known = new Map((await readFacts(client)).map((fact) => [fact.factId, fact]))
    const facts = request.facts.map((factId) => {
      const fact = known.get(factId)
      if (fact) return fact
      throw new UsageError('FACT_UNKNOWN', `there is no fact ${factId}, or it was taken back already`, { hint: '`ohlcv universe history SYMBOL` lists the facts with their ids' })
    })
    const { change } = await tell(client, { facts: [], retracted: facts, concerned: facts.flatMap(symbolsOfFact), cause: 'retract', request, failpoint: runtime.failpoint })
    return { facts, change }
  })
}
