import type { Queryable } from '../../lib/postgres/database.js'

/** The lines of the plans that the server has for the statements of some work, which finds no rows. */
export async function plansOf(db: Queryable, work: (explained: Queryable) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = []
  await work({ query: async (sql: string, values: unknown[]) => {
    const { rows } = await db.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${sql}`, values)
    plans.push(...rows.map((row) => row['QUERY PLAN']))
    return { rows: [] }
  } } as unknown as Queryable)
  return plans
}
