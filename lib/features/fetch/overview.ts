import type { BarProvider } from '../../providers/bar-provider.js'
import type { ProviderLimits } from '../../providers/limits.js'
import type { Queryable } from '../../postgres/database.js'
import { providerFigures, type ProviderFigures } from '../../store/fetches/metrics.js'
import { quotaUse, type QuotaUse } from '../../store/fetches/quota.js'
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
}

const UNUSED: QuotaUse = { second: 0, minute: 0, day: 0, month: 0 }
const UNASKED: ProviderFigures = { requests: 0, succeeded: 0, medianMs: null }

/** Every provider that there are limits for, with what is used of them. @param db null where there is none */
export async function overview(providers: readonly BarProvider[], limits: readonly ProviderLimits[], env: NodeJS.ProcessEnv, db: Queryable | null): Promise<ProviderOverview[]> {
  const [uses, figures] = db ? await Promise.all([quotaUse(db), providerFigures(db)]) : [null, null]
  return limits.flatMap((limited) => providers.filter(({ name }) => name === limited.name).map(({ name, aliases, api: { key } }) => ({
    limits: limited,
    aliases,
    key: key && { env: key.env, set: settingOf(env, key.env) !== undefined },
    use: uses && (uses.get(name) ?? UNUSED),
    figures: figures && (figures.get(name) ?? UNASKED),
  })))
}
