import { candidatesOf, type Candidates } from '../features/fetch/choice/candidates.js'
import { dryRun, type DryRun } from '../features/fetch/dry-run.js'
import { fetchBars, type FetchObserver, type FetchPorts, type FetchResult } from '../features/fetch/fetch.js'
import { newJobId } from '../features/fetch/job.js'
import type { FetchRequest } from '../features/fetch/request.js'
import { resolveFetch, type ResolvedFetch } from '../features/fetch/resolve.js'
import { settingOf } from '../features/runs/asking/key.js'
import { openSource } from '../features/runs/asking/source.js'
import type { Runtime } from '../features/runs/runtime.js'
import { registerSecurity } from '../features/universe/register.js'
import type { BarProvider } from '../providers/bar-provider.js'
import { BAR_PROVIDERS } from '../providers/bar-providers.js'
import type { ProviderLimits } from '../providers/limits.js'

/** What providers are asked with. */
export interface AskingPorts extends Pick<FetchPorts, 'answers' | 'auditFolder' | 'exitCodes'>, FetchObserver {
  /** Where keys are looked up. */
  env: NodeJS.ProcessEnv
  /** Of every provider. */
  limits: readonly ProviderLimits[]
}

/** Those whose daily bars may fill. */
const FILLING = BAR_PROVIDERS.filter(({ stores }) => stores.includes('day'))

/** The variables that hold their keys. */
export const KEY_NAMES: readonly string[] = FILLING.flatMap(({ api: { key } }) => (key === null ? [] : [key.env]))

/** Whose daily bars may fill, who has a key of its own here, and may be asked where nobody is named. */
export function keyedProviders({ env, limits }: Pick<AskingPorts, 'env' | 'limits'>): BarProvider[] {
  const isEnabled = (name: string) => limits.some((limit) => limit.name === name && limit.enabled)
  return FILLING.filter(({ name, api: { key } }) => key !== null && settingOf(env, key.env) !== undefined && isEnabled(name))
}

async function resolved(runtime: Runtime, request: FetchRequest, { limits, env }: AskingPorts): Promise<{ fetch: ResolvedFetch; candidates: Candidates }> {
  const fetch = await resolveFetch(runtime, request)
  return { fetch, candidates: candidatesOf(fetch, limits, env) }
}

/** What asking would take. @throws UsageError */
export async function planAsking(runtime: Runtime, request: FetchRequest, ports: AskingPorts): Promise<DryRun> {
  const { fetch, candidates } = await resolved(runtime, request, ports)
  return dryRun(runtime, fetch, candidates.asked)
}

/** Asks providers as one job, with a record of its own. @throws UsageError where nobody can be asked */
export async function askProviders(runtime: Runtime, request: FetchRequest, ports: AskingPorts): Promise<FetchResult> {
  const { log, now, db } = runtime
  const { fetch, candidates: { asked, leftOut } } = await resolved(runtime, request, ports)
  const [first, ...others] = asked.map(({ provider, limits }) => openSource(provider, limits, db, { env: ports.env, log, now, connections: request.lanes }))
  const sources = [first!, ...others] as const
  try {
    return await fetchBars(runtime, fetch, { id: newJobId('fetch', now()), isNew: true }, {
      ...ports, sources, leftOut, register: (symbol, details) => registerSecurity(runtime, symbol, details),
    })
  } finally {
    await Promise.all(sources.map(({ client }) => client.close()))
  }
}
