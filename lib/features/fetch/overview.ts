import type { BarProvider } from '../../providers/bar-provider.js'
import type { ProviderLimits } from '../../providers/limits.js'
import type { Queryable } from '../../postgres/database.js'
import { providerFigures, workByDay, type ProviderFigures } from '../../store/fetches/metrics.js'
import { quotaUse, type QuotaUse } from '../../store/fetches/quota.js'
import { readRests, type Rest } from '../../store/fetches/rests.js'
import { DAYS_COUNTED, standings } from './choice/bandit.js'
import { settingOf } from '../runs/asking/key.js'

/** A provider of bars as it stands. */
export interface ProviderOverview {
  limits: ProviderLimits
  aliases: readonly string[]
  /** The variable that holds its key, and whether it does; null where it takes none. */
  key: { env: string; set: boolean } | null
  /** Null where there is no database to tell. */
  use: QuotaUse | null
  figures: ProviderFigures | null
  /** What it has been worth of late, from 0 to 1; null where it was not asked. */
  reward: number | null
  /** Until when and why it is left alone; null where it is not. */
  rest: { until: Date; code: string | null; message: string | null } | null
}

const UNUSED: QuotaUse = { second: 0, minute: 0, day: 0, month: 0 }
const UNASKED: ProviderFigures = { requests: 0, succeeded: 0, medianMs: null }

function restOf(rest: Rest | undefined, now: Date): ProviderOverview['rest'] {
  if (!rest?.restsUntil || rest.restsUntil <= now) return null
  const { restsUntil: until, code, message } = rest
  return { until, code, message }
}

/** Every provider that there are limits for, with what is used of them. @param db null where there is none */
export async function overview(providers: readonly BarProvider[], limits: readonly ProviderLimits[], env: NodeJS.ProcessEnv, db: Queryable | null, now: Date): Promise<ProviderOverview[]> {
  const [uses, figures] = db ? await Promise.all([quotaUse(db), providerFigures(db)]) : [null, null]
  const history = db ? await workByDay(db, DAYS_COUNTED) : []
  const rests = db ? await readRests(db) : new Map<string, Rest>()
  return limits.flatMap((limited) => providers.filter(({ name }) => name === limited.name).map(({ name, aliases, api: { key } }) => ({
    limits: limited,
    aliases,
    key: key && { env: key.env, set: settingOf(env, key.env) !== undefined },
    use: uses && (uses.get(name) ?? UNUSED),
    figures: figures && (figures.get(name) ?? UNASKED),
    reward: standings([history.filter(({ provider }) => provider === name)])[0]!.reward,
    rest: restOf(rests.get(name), now),
  })))
}
