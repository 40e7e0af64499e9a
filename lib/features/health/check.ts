import { OhlcvError } from '../../domain/errors.js'
import type { ConnectedDatabase } from '../../postgres/open.js'
import type { ServerFacts } from '../../postgres/server-facts.js'

/** How something was found: in order, to be looked at or not in order with what to do, or not looked at. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  message: string
  hint?: string
}

/** A database that answers. */
export interface ReachedDatabase {
  database: ConnectedDatabase
  facts: ServerFacts
  /** Between these instants it was asked for its own. */
  asked: { before: Date; after: Date }
}

/** What is examined, and how figures are written in the words about it. */
export interface Subject {
  env: NodeJS.ProcessEnv
  settings: { source: string | undefined; maxFileBytes: number; /** A file of limits. */ providers: string | undefined; /** Where answers are kept. */ answers: string }
  now: () => Date
  signal: AbortSignal
  /** Connects to the database, whatever its schema. */
  connect: () => Promise<ConnectedDatabase>
  figure: (value: number) => string
  size: (bytes: number) => string
}

/** One thing that a load or a fetch needs, and how it is looked at; what `look` throws is its finding. */
export interface HealthCheck {
  name: string
  look: (subject: Subject, reach: () => Promise<ReachedDatabase>) => Finding | Promise<Finding>
  /** It is skipped where the database cannot be reached or, of the schema, is not current. */
  needs?: 'database' | 'schema'
}

export const ok = (message: string): Finding => ({ state: 'ok', message })
export const skipped = (message: string): Finding => ({ state: 'skipped', message })
export const warning = (message: string, { hint }: { hint: string }): Finding => ({ state: 'warning', message, hint })
export const failed = (message: string, { hint }: { hint: string }): Finding => ({ state: 'failed', message, hint })

/** What `look` finds, or what it throws as a finding. */
export async function finding(look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    const hint = error instanceof OhlcvError ? error.hint : undefined
    return { state: 'failed', message: (error as Error).message, ...(hint === undefined ? {} : { hint }) }
  }
}
