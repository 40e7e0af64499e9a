import { UsageError } from '../../../domain/errors.js'
import { lastRequests } from '../../../store/fetches/last-requests.js'
import { workByDay } from '../../../store/fetches/metrics.js'
import { readVendorStatus, writeVendorStatus, type VendorStatus } from '../../../store/service/vendor-status.js'
import { quotaGate } from '../../runs/asking/gate.js'
import type { Runtime } from '../../runs/runtime.js'
import { DAYS_COUNTED } from '../choice/bandit.js'
import { whyOut, type Candidate } from '../choice/candidates.js'
import { probe } from '../probe.js'

const MINUTE_MS = 60_000
/** How long what was seen holds. */
const LIFETIME_MINUTES = 15
/** What went well less long ago is not asked again: a fetch that is under way says it all the time, and so may another check. */
const FRESH_MINUTES = 5
/** By a timer, every ten minutes. */
const CHECKS_A_DAY = 144
/** The part of a limit that checks may take: it is there for fetches. */
const SHARE = 0.2

const minutesBefore = (instant: Date, minutes: number): Date => new Date(instant.getTime() - minutes * MINUTE_MS)

/** What a provider was seen to be like. */
interface Seen extends Pick<VendorStatus, 'state' | 'shownBy' | 'code' | 'latencyMs' | 'checkedAt'> {
  /** In words, and what to do; null where there is nothing to say. */
  message: string | null
  hint: string | null
}

/** What a check of a provider came to. */
export interface CheckedVendor {
  provider: string
  /** Null: nobody has seen it of late. */
  seen: Seen | null
  /** Why it was not asked now; null where it was. */
  notAsked: string | null
}

function stateOf(code: string | null): VendorStatus['state'] {
  if (code === null) return 'ok'
  return code === 'RATE_LIMITED' || code === 'QUOTA_USED_UP' ? 'rate_limited' : 'unavailable'
}

/** Why checks may not ask a provider every ten minutes; null where they may. */
function whyNot(candidate: Candidate, env: NodeJS.ProcessEnv, used: ReadonlySet<string>): string | null {
  const { provider: { name, api: { key } }, limits: { perDay, perMonth } } = candidate
  const out = whyOut(candidate, env)
  if (out !== undefined) return out
  // One that takes no key is set up by being used.
  if (key === null && !used.has(name)) return `no fetch of the last ${DAYS_COUNTED} days has asked it`
  const isTooMuch = (limit: number | null, days: number): boolean => limit !== null && limit * SHARE < CHECKS_A_DAY * days
  return isTooMuch(perDay, 1) || isTooMuch(perMonth, 31) ? 'its limits leave too little for a check every ten minutes' : null
}

/** Asks once, within the limits. It is not counted among the requests by which fetches choose whom to ask: checks would outweigh what they found. */
async function ask({ db, log, now, signal }: Runtime, { provider, limits }: Candidate, env: NodeJS.ProcessEnv): Promise<Seen> {
  try {
    const { code, message, hint, tried } = await probe(provider, { env, log, now, gate: quotaGate(db, provider.name, limits) }, signal)
    return { state: stateOf(code), shownBy: 'probe', code, latencyMs: tried && tried.durationMs, checkedAt: now(), message, hint }
  } catch (error) {
    // A setting of one provider says nothing of the others.
    if (!(error instanceof UsageError)) throw error
    return { state: 'unavailable', shownBy: 'probe', code: error.code, latencyMs: null, checkedAt: now(), message: error.message, hint: error.hint ?? null }
  }
}

/** What was seen last of each provider that anything was seen of within the lifetime: by the check before, or by fetches. */
async function seenOfLate({ db: { pool }, now }: Runtime): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>()
  for (const { provider, validUntil, ...status } of await readVendorStatus(pool)) if (validUntil > now()) seen.set(provider, { ...status, message: null, hint: null })
  for (const [provider, { at, code }] of await lastRequests(pool, minutesBefore(now(), LIFETIME_MINUTES))) {
    const before = seen.get(provider)
    if (before === undefined || before.checkedAt < at) seen.set(provider, { state: stateOf(code), shownBy: 'requests', code, latencyMs: null, checkedAt: at, message: null, hint: null })
  }
  return seen
}

/**
 * Looks how each provider answers, and writes it down. Those that are set up are asked once, unless they answered a moment ago; of the others there is what the last requests to
 * them came to. Where nothing was seen of one, what stands stays until it is too old.
 */
export async function checkVendors(runtime: Runtime, candidates: readonly Candidate[], env: NodeJS.ProcessEnv): Promise<CheckedVendor[]> {
  const { db: { pool }, now } = runtime
  const of = await seenOfLate(runtime)
  const used = new Set((await workByDay(pool, DAYS_COUNTED)).map(({ provider }) => provider))
  return Promise.all(candidates.map(async (candidate) => {
    const { provider: { name: provider } } = candidate
    const before = of.get(provider) ?? null
    const isFresh = before?.state === 'ok' && before.checkedAt > minutesBefore(now(), FRESH_MINUTES)
    const notAsked = isFresh ? 'it answered a moment ago' : whyNot(candidate, env, used)
    const seen = notAsked === null ? await ask(runtime, candidate, env) : before
    if (seen) await writeVendorStatus(pool, { provider, ...seen, validUntil: minutesBefore(seen.checkedAt, -LIFETIME_MINUTES) })
    return { provider, seen, notAsked }
  }))
}
