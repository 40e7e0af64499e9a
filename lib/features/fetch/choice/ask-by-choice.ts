import { SourceError } from '../../../domain/errors.js'
import type { ProviderWork } from '../../../store/fetches/metrics.js'
import { changeRest, readRests, type Rest } from '../../../store/fetches/rests.js'
import type { Source } from '../../runs/asking/source.js'
import type { Try } from '../../runs/asking/client.js'
import type { Runtime } from '../../runs/runtime.js'
import { withAttempt, type OnAsk } from '../asked.js'
import { askSource, barsIn, faultOf, triesOf, workOfAttempt, type Attempt } from '../attempt.js'
import type { AskedUnit } from '../merge-unit.js'
import type { FetchRun } from '../run.js'
import type { Standing } from './bandit.js'
import { accessOf, afterFailure, NO_REST, trialOf, untilRenewed } from './breaker.js'
import { leftOutText, type LeftOut } from './candidates.js'
import type { Choice } from './choice.js'
import { sift, whyIdle } from './sift.js'
import { verdictOf } from './verdict.js'

/** Who asks, and by what providers are chosen. */
interface Asking {
  runtime: Runtime
  run: FetchRun
  choice: Choice
}

/** Claims the trial of a source that has rested; whether it is this unit that tries. */
async function claimTrial({ runtime: { db, now, signal } }: Asking, { provider }: Source): Promise<boolean> {
  let claimed = false
  await db.run(signal, (client) => changeRest(client, provider.name, (rest) => {
    claimed = accessOf(rest, now()) === 'trial'
    return claimed ? trialOf(rest, now()) : null
  }))
  return claimed
}

/** Writes down how an attempt changes whether its source is left alone. */
async function settle({ runtime: { db, now, signal }, run, choice }: Asking, attempt: Attempt<Source>, isTrial: boolean): Promise<void> {
  const { source } = attempt
  const fault = faultOf(attempt)
  const out = run.out.get(source)
  const stood = choice.restOf(source)
  const change = (rest: Rest): Rest | null => {
    if (fault === null) return rest.code === 'QUOTA_USED_UP' ? null : NO_REST
    if (out === undefined) return afterFailure(rest, now(), isTrial, fault)
    // Of our own limits the quota tells everybody.
    return out.until !== null && out.isTold ? untilRenewed(rest, out.until, fault) : null
  }
  const isAsBefore = fault === null && stood.failures === 0 && stood.restsUntil === null
  if (!isAsBefore && run.stopped === undefined) await db.run(signal, (client) => changeRest(client, source.provider.name, change))
}

/** The work with the time that was waited for leave: whose limits are narrow is slow, however quickly it answers. */
function withWaits(work: ProviderWork, tries: readonly Try[]): ProviderWork {
  return { ...work, latencyMs: tries.reduce((sum, { waitedMs }) => sum + waitedMs, work.latencyMs) }
}

/** How a source came to be asked, for the record. */
function whyAsked({ provider, limits: { tier } }: Source, { reward }: Standing, isTrial: boolean): string {
  return `${provider.name} (${[tier, isTrial ? 'tried again after a rest' : reward === null ? 'not asked before' : `reward ${reward.toFixed(2)}`].join(', ')})`
}

/** What an attempt came to that was not enough, with all that is known of it. */
function toldOf(attempt: Attempt): string {
  const fault = faultOf(attempt)
  return `${attempt.source.provider.name}: ${fault === null ? 'no bars' : `${fault.code} (${fault.message})`}`
}

/** Whether a unit has nothing at all, though somebody may have had it. A sole provider's fault says so itself. */
function isWithout({ sources }: FetchRun, { unit, attempts }: AskedUnit): boolean {
  const faults = attempts.map(faultOf)
  const isEmpty = attempts.every((attempt, index) => faults[index] !== null || barsIn(unit, attempt) === 0)
  return isEmpty && (attempts.length === 0 || (sources.length > 1 && faults.some((fault) => fault !== null)))
}

/** The unit with the story of its choice; nobody is asked for others either where nobody is left at all. */
function ended({ runtime: { now }, run, choice }: Asking, asked: AskedUnit, steps: readonly string[], out: readonly LeftOut[]): AskedUnit {
  const leftOut = out.filter(({ provider }) => !asked.attempts.some(({ source }) => source.provider.name === provider))
  const reason = [...(steps.length === 0 ? [] : [steps.join('; then ')]), ...(leftOut.length === 0 ? [] : [`left out: ${leftOutText(leftOut)}`])].join('; ')
  if (asked.failure !== null || !isWithout(run, asked)) return { ...asked, reason }
  const message = `no provider is left: ${[...asked.attempts.map(toldOf), ...leftOut.map(({ provider, why }) => `${provider}: ${why}`)].join('; ')}`
  if (run.sources.every((source) => whyIdle(run, choice, source, now()) !== undefined)) run.stopped ??= new SourceError('NO_PROVIDER', message, { hint: 'resume the job once one of them can be asked; see: ohlcv providers' })
  return { ...asked, reason, failure: { status: 'failed', code: 'NO_PROVIDER', message } }
}

/** Asks for a unit, one provider after the other until one gives what there is to expect; all that came is kept. */
export async function askByChoice(asking: Asking, nothing: AskedUnit, onAsk: OnAsk): Promise<AskedUnit> {
  const { runtime, run, choice } = asking
  const { db, now, signal } = runtime
  const { unit } = nothing
  const chosen = new Set<Source>()
  const steps: string[] = []
  let asked = nothing
  let isCompared = false
  for (;;) {
    choice.rests = await db.run(signal, (client) => readRests(client))
    const { left, out } = sift(run, choice, unit, now())
    // Bars that are only held beside those of others leave the table of bars as it was.
    const [first, ...others] = left.filter((source) => !chosen.has(source) && (!isCompared || source.provider.stores.includes(unit.timespan.name)))
    if (first === undefined || asked.failure !== null) return ended(asking, asked, steps, out)
    const { source, standing } = choice.first([first, ...others])
    const isTrial = accessOf(choice.restOf(source), now()) === 'trial'
    chosen.add(source)
    if (isTrial && !(await claimTrial(asking, source))) continue
    onAsk(source.provider)
    const attempt = await askSource(runtime, run, source, unit, asked.universe)
    await settle(asking, attempt, isTrial)
    if (triesOf(attempt).length === 0 && run.out.has(source)) continue
    asked = await withAttempt(runtime, run, asked, attempt)
    const last = asked.attempts.at(-1)!
    choice.add(source, withWaits(workOfAttempt(run, unit, last, 0), triesOf(last)))
    const { isGood, what } = verdictOf(run, unit, last)
    steps.push(`${whyAsked(source, standing, isTrial)}: ${what}`)
    if (isGood && source.provider.stores.includes(unit.timespan.name)) return ended(asking, asked, steps, out)
    isCompared ||= isGood
  }
}
