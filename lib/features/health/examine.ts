import { readServerFacts } from '../../postgres/server-facts.js'
import { finding, skipped, type Finding, type HealthCheck, type ReachedDatabase, type Subject } from './check.js'

/** How one thing was found. */
export interface Examined extends Finding {
  name: string
}

async function reachDatabase({ connect, now }: Subject): Promise<ReachedDatabase> {
  const database = await connect()
  try {
    const before = now()
    const facts = await readServerFacts(database.pool)
    return { database, facts, asked: { before, after: now() } }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Goes through the checks in their order, with one connection for all of them. */
export async function examine(checks: readonly HealthCheck[], subject: Subject): Promise<Examined[]> {
  const found: Examined[] = []
  let reached: Promise<ReachedDatabase> | undefined
  const reach = () => (reached ??= reachDatabase(subject))
  const isReached = () => reach().then(() => true, () => false)
  const isCurrent = () => found.some(({ name, state }) => name === 'schema' && state === 'ok')
  const look = async ({ needs, look }: HealthCheck): Promise<Finding> => {
    if (needs !== undefined && !(await isReached())) return skipped('needs the database')
    if (needs === 'schema' && !isCurrent()) return skipped('needs the schema')
    return finding(() => look(subject, reach))
  }
  try {
    for (const check of checks) found.push({ name: check.name, ...await look(check) })
  } finally {
    await (await reached?.catch(() => undefined))?.database.close()
  }
  return found
}
