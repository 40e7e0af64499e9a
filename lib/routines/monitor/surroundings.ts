import { stat, statfs } from 'node:fs/promises'
import type pg from 'pg'
import { isoDate } from '../../domain/dates.js'
import type { Situation } from '../../features/alerts/situation.js'
import { vendorsOf } from '../../features/fetch/vendors/vendors.js'
import { nextDay, nextMonth, type ProviderLimits } from '../../providers/limits.js'
import { quotaUsedOn } from '../../store/fetches/quota.js'

/** Somewhere on a disk that something is written to. */
export interface DiskPlace {
  /** What is kept there, in a word or two. */
  name: string
  folder: string
}

/** How providers of bars are doing, and what of their limits is used. */
export async function providerSituation(client: pg.ClientBase, now: Date, limits: readonly ProviderLimits[]): Promise<Situation['providers']> {
  const used = await quotaUsedOn(client, isoDate(now.toISOString().slice(0, 10)))
  return (await vendorsOf(client, now)).map(({ provider, state, code, changedAt }) => {
    const own = limits.find(({ name }) => name === provider)
    const quotas = used.filter((each) => each.provider === provider).flatMap(({ period, used }) => {
      const limit = (period === 'day' ? own?.perDay : own?.perMonth) ?? null
      return limit === null ? [] : [{ period, used, limit, renewed: period === 'day' ? nextDay(now) : nextMonth(now) }]
    })
    return { provider, state, since: changedAt, code, quotas }
  })
}

/** The space there is at each place, of places on one disk only the first; one that is not there yet is left out. */
export async function diskSituation(places: readonly DiskPlace[]): Promise<Situation['disks']> {
  const seen = new Set<number>()
  const found: Situation['disks'][number][] = []
  for (const { name, folder } of places) {
    const device = await stat(folder).then(({ dev }) => dev, () => undefined)
    if (device === undefined || seen.has(device)) continue
    seen.add(device)
    const { bavail, blocks, bfree, bsize } = await statfs(folder)
    // What is reserved for root is nobody's here, as df has it.
    found.push({ name, freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize })
  }
  return found
}
