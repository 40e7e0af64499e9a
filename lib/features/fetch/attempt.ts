import type { Universe } from '../../domain/universe.js'
import type { BarProvider } from '../../providers/bar-provider.js'
import type { ProviderWork } from '../../store/fetches/metrics.js'
import type { Runtime } from '../runs/runtime.js'
import type { Try } from '../runs/asking/client.js'
import { workOf } from '../runs/asking/work.js'
import { countedOf } from '../runs/expected.js'
import { EVERY_SYMBOL, type Ask, type Unit } from './plan.js'
import { answersAgain, requestAnswer, requestsOf, type Answer, type Giver } from './request-answer.js'
import type { FetchRun, JobRun } from './run.js'
import type { Source } from '../runs/asking/source.js'

/** What one source gave for a unit, asked for it or not. */
export interface Attempt<By extends Giver = Giver> {
  source: By
  answers: readonly Answer[]
}

/** The requests of a unit by symbols that the provider has a name for. */
function namedRequests(provider: BarProvider, unit: Pick<Unit, 'timespan' | 'asks'>): Ask[] {
  return requestsOf(unit).filter(({ symbol }) => symbol === null || provider.symbol(symbol) !== null)
}

/** Whether the provider has a name for one of the symbols of a unit. */
export function isNamed(provider: BarProvider, unit: Pick<Unit, 'timespan' | 'asks'>): boolean {
  return namedRequests(provider, unit).length > 0
}

/** Makes the requests of a unit, up to the first without an answer that can be stored. */
export async function askSource(runtime: Runtime, run: FetchRun, source: Source, unit: Unit, universe: Universe): Promise<Attempt<Source>> {
  const answers: Answer[] = []
  for (const [request, ask] of namedRequests(source.provider, unit).entries()) {
    const answer = await requestAnswer(runtime, run, source, unit, ask, request, universe)
    answers.push(answer)
    if (answer.fault !== null) break
  }
  return { source, answers }
}

/** The attempt read by another reading of the universe; one of which nothing can be stored is left as it is. @throws SourceError where an answer is gone or damaged */
export async function readAgain(run: JobRun, unit: Unit, attempt: Attempt, universe: Universe): Promise<Attempt> {
  const { source, answers } = attempt
  return faultOf(attempt) === null ? { source, answers: await answersAgain(run, source, unit, answers, universe) } : attempt
}

/** Why nothing of it can be stored; null where it can. */
export function faultOf({ answers }: Attempt): Answer['fault'] {
  return answers.find(({ fault }) => fault !== null)?.fault ?? null
}

/** Every sending of its requests. */
export function triesOf({ answers }: Attempt): Try[] {
  return answers.flatMap(({ tries }) => tries)
}

/** Its bars that are over and may yet change; and from when on none of them does, null where there are none. */
export function provisionalIn({ answers }: Attempt): { bars: number; until: Date | null } {
  const all = answers.map(({ reader }) => reader.provisional)
  const untils = all.flatMap(({ until }) => until?.getTime() ?? [])
  return { bars: all.reduce((sum, { bars }) => sum + bars, 0), until: untils.length === 0 ? null : new Date(Math.max(...untils)) }
}

/** When the bars that it gave are of. */
export function timesOf({ answers }: Attempt): Set<string> {
  return new Set(answers.flatMap(({ reader }) => [...reader.times]))
}

/** How many bars it gave; of grouped answers how many rows, for who of them is known is of no matter. */
export function barsIn({ symbol }: Unit, attempt: Attempt): number {
  return symbol === EVERY_SYMBOL ? attempt.answers.reduce((sum, { reader }) => sum + reader.tally.counts.read, 0) : timesOf(attempt).size
}

/** How many of the bars that the calendar lets expect it gave; null of grouped ones, and where nothing of it can be stored. */
export function countedIn(run: JobRun, { timespan, asks, symbol }: Unit, attempt: Attempt): number | null {
  if (symbol === EVERY_SYMBOL || faultOf(attempt) !== null) return null
  return countedOf(run.expectations.times(timespan, asks.map(({ range }) => range)), timesOf(attempt))
}

/** What an attempt was for its provider. @param bars that it brought */
export function workOfAttempt(run: JobRun, unit: Unit, attempt: Attempt, bars: number): ProviderWork {
  const counted = unit.timespan.name === 'minute' ? null : countedIn(run, unit, attempt)
  return workOf(triesOf(attempt), bars, counted === null || attempt.answers.length === 0 ? undefined : { expected: unit.expected ?? 0, counted })
}
