import type pg from 'pg'
import { UsageError } from '../../domain/errors.js'
import type { KeptFact } from '../../domain/fact.js'
import { readFacts } from '../../store/universe/facts.js'
import { inIdentityTransaction, type IdentityChange } from './apply.js'
import { symbolsOfFact } from './facts.js'
import { tell, type IdentityOptions } from './tell.js'

/** What taking facts back did. */
export interface Retraction {
  facts: KeptFact[]
  change: IdentityChange
}

/**
 * Takes back facts that were wrong, and moves the loaded bars to where the others say; all or nothing.
 * @throws UsageError FACT_UNKNOWN for an id that is of no fact, or of one taken back already
 */
export async function retractFacts(pool: pg.Pool, factIds: readonly number[], options: IdentityOptions): Promise<Retraction> {
  return inIdentityTransaction(pool, options, async (client) => {
    const known = new Map((await readFacts(client)).map((fact) => [fact.factId, fact]))
    const facts = factIds.map((factId) => {
      const fact = known.get(factId)
      if (fact) return fact
      throw new UsageError('FACT_UNKNOWN', `there is no fact ${factId}, or it was taken back already`, { hint: '`ohlcv universe history SYMBOL` lists the facts with their ids' })
    })
    const { change } = await tell(client, { facts: [], retracted: facts, concerned: facts.flatMap(symbolsOfFact), cause: 'retract', options })
    return { facts, change }
  })
}
