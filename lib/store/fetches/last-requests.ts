import type { Queryable } from '../../postgres/database.js'

/** What the last request to a provider came to. */
export interface LastRequest {
  at: Date
  /** Why it failed; null: it was answered. */
  code: string | null
}

/** Of each provider that fetches have asked since then. */
export async function lastRequests(db: Queryable, since: Date): Promise<Map<string, LastRequest>> {
  const { rows } = await db.query<LastRequest & { provider: string }>(`
    select distinct on (provider) provider, at, code
    from (
      select provider, max(pulled_at) as at, null as code from fetches where pulled_at > $1 and form = 'answer' group by provider
      union all
      select provider, changed_at, code from provider_rests where changed_at > $1 and failures > 0 and code is not null
    ) seen
    order by provider, at desc`, [since])
  return new Map(rows.map(({ provider, ...last }) => [provider, last]))
}
