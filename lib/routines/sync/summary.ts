import { sumOf } from '../../domain/counts.js'
import type { FetchResult } from '../../features/fetch/fetch.js'
import type { LoadResult } from '../../features/load/load.js'
import { totalsOf } from '../../features/load/range/totals.js'
import type { CheckResult } from '../../features/quality/check/ports.js'
import { NO_FETCH_COUNTS } from '../../store/fetches/fetches.js'
import type { Asked } from './providers.js'
import { countsAs } from './sessions.js'
import type { Step } from './steps.js'
import type { SyncResult } from './sync.js'

function ofDayFiles(result: LoadResult) {
  const { outcomes, read, inserted, updated, unchanged, removed, rejected, unknown } = totalsOf(result)
  return { run: result.runId, outcomes, read, inserted, updated, unchanged, removed, rejected, unknown }
}

/** What a fetch comes to in figures. */
function ofFetch({ runId, jobId, state, symbols, notReached, stopped }: FetchResult) {
  const units = symbols.flatMap((symbol) => symbol.units)
  const { bars, inserted, updated, unchanged, heldBack } = sumOf(NO_FETCH_COUNTS, units.map(({ counts }) => counts))
  const requests = symbols.reduce((sum, { description }) => sum + description.requests, units.reduce((sum, unit) => sum + unit.requests, 0))
  const errors = symbols.flatMap(({ error }) => error ?? [])
  return {
    run: runId, job: jobId, state, requests, bars, inserted, updated, unchanged, held_back: heldBack, failed: errors.length, not_reached: notReached,
    errors: [...(stopped === null ? [] : [{ code: stopped.code, message: stopped.message }]), ...errors].slice(0, 20).map(({ code, message }) => ({ code, message })),
  }
}

/** What asking comes to, or would take. */
export function ofAsked(asked: Asked) {
  if ('asked' in asked) return { asked: ofFetch(asked.asked), planned: null }
  const { provider, requests, seconds } = asked.planned
  return { asked: null, planned: { provider, requests, seconds } }
}

/** What a check comes to in figures. */
export function ofCheck({ runId, dates, bars, found, explained, resolved }: CheckResult) {
  return { run: runId, dates, bars, found, explained, resolved }
}

/** A step with its result in figures. */
export function figuresOf<T, F>({ result, ...step }: Step<T>, figures: (result: T) => F) {
  return { ...step, figures: result === null ? null : figures(result) }
}

/** What is kept of a sync with its run, and told of it: how each step ended, and how each session stands. */
export function summaryOf({ steps, days }: Pick<SyncResult, 'steps' | 'days'>) {
  return {
    steps: {
      day_files: figuresOf(steps.day_files, ofDayFiles),
      providers: figuresOf(steps.providers, ofAsked),
      quality: figuresOf(steps.quality, ofCheck),
    },
    sessions: days.map((day) => {
      const { date, outcome, code, message, isLoaded, isFilled, bars, fills } = day
      return { date, counts_as: countsAs(day), outcome, code, message, loaded: isLoaded, filled: isFilled, bars, fills }
    }),
  }
}
