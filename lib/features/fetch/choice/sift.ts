import { OhlcvError } from '../../../domain/errors.js'
import type { Source } from '../../runs/asking/source.js'
import { isNamed } from '../attempt.js'
import { EVERY_SYMBOL, type Unit } from '../plan.js'
import { outOf, type FetchRun } from '../run.js'
import { accessOf } from './breaker.js'
import type { LeftOut } from './candidates.js'
import type { Choice } from './choice.js'

/** An instant to the minute, rounded up: what is told to be over by then is. */
function minuteText(at: Date): string {
  return `${new Date(Math.ceil(at.getTime() / 60_000) * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Why a source is asked for nothing at the moment; undefined where it may be. */
export function whyIdle(run: FetchRun, choice: Choice, source: Source, now: Date): string | undefined {
  const out = outOf(run, source, now)
  if (out !== undefined) return out.until === null ? said(out.error) : `its limit is used up until ${minuteText(out.until)}`
  const rest = choice.restOf(source)
  if (accessOf(rest, now) !== 'resting') return undefined
  const until = minuteText(rest.restsUntil!)
  return rest.code === 'QUOTA_USED_UP' ? `its limit is used up until ${until}` : `rests until ${until} after ${rest.failures} failures, the last ${rest.code}`
}

function said({ code, message }: OhlcvError): string {
  return `${code}: ${message}`
}

/** Why a source cannot give a unit; undefined where it can. */
function whyUnfit({ provider }: Source, unit: Unit): string | undefined {
  if (unit.symbol === EVERY_SYMBOL) return provider.grouped === null ? 'has no bars of all symbols of a date' : undefined
  if (!provider.timespans.includes(unit.timespan.name)) return `has no ${unit.timespan.name} bars`
  return isNamed(provider, unit) ? undefined : 'has no name for the symbol'
}

/** Who may be asked for a unit now, and who not. */
export function sift(run: FetchRun, choice: Choice, unit: Unit, now: Date): { left: Source[]; out: LeftOut[] } {
  const judged = run.sources.map((source) => ({ source, why: whyUnfit(source, unit) ?? whyIdle(run, choice, source, now) }))
  return {
    left: judged.flatMap(({ source, why }) => (why === undefined ? [source] : [])),
    out: [...judged.flatMap(({ source: { provider }, why }) => (why === undefined ? [] : [{ provider: provider.name, why }])), ...choice.leftOut],
  }
}
