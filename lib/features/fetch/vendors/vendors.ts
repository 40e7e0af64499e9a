import type { Queryable } from '../../../postgres/database.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readVendorStatus, type VendorStatus } from '../../../store/service/vendor-status.js'

/** How a provider is doing, as far as is known. */
export interface Vendor {
  provider: string
  /** Unknown: it was never looked at, or too long ago. */
  state: VendorStatus['state'] | 'unknown'
  code: string | null
  /** Since when it is so; null where nobody knows. */
  changedAt: Date | null
  checkedAt: Date | null
  validUntil: Date | null
}

function vendorOf(provider: string, status: VendorStatus | undefined, now: Date): Vendor {
  if (status === undefined) return { provider, state: 'unknown', code: null, changedAt: null, checkedAt: null, validUntil: null }
  const { state, code, changedAt, checkedAt, validUntil } = status
  if (validUntil <= now) return { provider, state: 'unknown', code: null, changedAt: validUntil, checkedAt, validUntil }
  return { provider, state, code, changedAt, checkedAt, validUntil }
}

/** How each provider of bars is doing, those trusted most first. */
export async function vendorsOf(db: Queryable, now: Date): Promise<Vendor[]> {
  const known = new Map((await readVendorStatus(db)).map((status) => [status.provider, status]))
  return BAR_PROVIDERS.map(({ name }) => vendorOf(name, known.get(name), now))
}
