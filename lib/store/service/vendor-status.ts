import type { Queryable } from '../../postgres/database.js'

/** How a provider answered when it was last looked at. */
export interface VendorStatus {
  provider: string
  state: 'ok' | 'rate_limited' | 'unavailable'
  /** Whether it was asked, or what the last requests to it came to. */
  shownBy: 'probe' | 'requests'
  /** Why it is not well; null where it is. */
  code: string | null
  latencyMs: number | null
  /** Since when it is in this state. */
  changedAt: Date
  checkedAt: Date
  /** Nothing is known of it after that. */
  validUntil: Date
}

/** How each provider answered that was ever looked at. */
export async function readVendorStatus(db: Queryable): Promise<VendorStatus[]> {
  const { rows } = await db.query<VendorStatus>(`
    select provider, state, shown_by as "shownBy", code, latency_ms as "latencyMs", changed_at as "changedAt", checked_at as "checkedAt", valid_until as "validUntil"
    from vendor_status
    order by provider`)
  return rows
}

/** Writes down how a provider answered; what is older than what stands there says nothing new. */
export async function writeVendorStatus(db: Queryable, { provider, state, shownBy, code, latencyMs, checkedAt, validUntil }: Omit<VendorStatus, 'changedAt'>): Promise<void> {
  await db.query(`
    insert into vendor_status as v (provider, state, shown_by, code, latency_ms, changed_at, checked_at, valid_until)
    values ($1, $2, $3, $4, $5, $6, $6, $7)
    on conflict (provider) do update
       set state = excluded.state, shown_by = excluded.shown_by, code = excluded.code, latency_ms = excluded.latency_ms,
           changed_at = case when v.state = excluded.state then v.changed_at else excluded.changed_at end, checked_at = excluded.checked_at, valid_until = excluded.valid_until
     where excluded.checked_at >= v.checked_at`,
  [provider, state, shownBy, code, latencyMs, checkedAt, validUntil])
}
