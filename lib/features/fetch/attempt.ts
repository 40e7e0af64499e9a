import type { Universe } from '../../domain/universe.js'
import type { Runtime } from '../runs/runtime.js'
import type { Try } from '../runs/asking/client.js'
import { countedOf } from './expected.js'
import { EVERY_SYMBOL, type Ask, type Unit } from './plan.js'
import { answersAgain, requestAnswer, requestsOf, type Answer, type Giver } from './request-answer.js'
import type { FetchRun, JobRun } from './run.js'
import type { Source } from '../runs/asking/source.js'

/** What one source gave for a unit, asked for it or not. */
export interface Attempt {
  source: Giver
  answers: readonly Answer[]
}

/** The requests of a unit by symbols that the source has a name for. */
function namedRequests({ provider }: Source, unit: Pick<Unit, 'timespan' | 'asks'>): Ask[] {
  return requestsOf(unit).filter(({ symbol }) => symbol === null || provider.symbol(symbol) !== null)
}

/** Makes the requests of a unit, up to the first without an answer that can be stored. */
export async function askSource(runtime: Runtime, run: FetchRun, source: Source, unit: Unit, universe: Universe): Promise<Attempt> {
  const answers: Answer[] = []
  for (const [request, ask] of namedRequests(source, unit).entries()) {
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

/** How many of the bars that the calendar lets expect it gave; null of grouped ones, and where nothing of it can be stored. */
export function countedIn(run: JobRun, { timespan, asks, symbol }: Unit, attempt: Attempt): number | null {
  if (symbol === EVERY_SYMBOL || faultOf(attempt) !== null) return null
  return countedOf(run.expectations.times(timespan, asks.map(({ range }) => range)), timesOf(attempt))
}
