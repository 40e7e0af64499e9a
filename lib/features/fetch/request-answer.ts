import type { DateRange } from '../../domain/dates.js'
import { messageWithHint, OhlcvError, SourceError } from '../../domain/errors.js'
import type { Universe } from '../../domain/universe.js'
import type { BarSource } from '../../providers/bar-provider.js'
import type { AnswerForm } from '../../store/fetches/fetches.js'
import type { Failure } from '../runs/asking/failure.js'
import type { Runtime } from '../runs/runtime.js'
import { answers, AskFailure, type Try } from '../runs/asking/client.js'
import type { Ask, Unit } from './plan.js'
import { AnswerReader, readKept } from './read-answer.js'
import { leaveOut, type FetchRun, type JobRun } from './run.js'
import type { Source } from '../runs/asking/source.js'

/** Who gave an answer. */
export interface Giver {
  provider: BarSource
}

/** A request of a unit that has been made, or a file that was read in place of one. */
export interface Answer {
  form: AnswerForm
  /** Null: all symbols of a date. */
  symbol: string | null
  range: DateRange
  pulledAt: Date
  /** Of the last try. */
  durationMs: number
  tries: Try[]
  /** SHA-256 of each kept page, in order. */
  pages: string[]
  reader: AnswerReader
  /** Why none of it can be stored; null where it can. */
  fault: Failure | null
}

/** The requests that a unit takes. */
export function requestsOf({ timespan, asks }: Pick<Unit, 'timespan' | 'asks'>): Ask[] {
  return asks.flatMap((ask) => timespan.pieces(ask.range).map((piece) => ({ ...ask, range: piece })))
}

/** Keeps a body as it came. @throws OhlcvError where none can be kept: then nothing else is asked for, since nothing is stored that is not kept */
export async function keep({ failpoint }: Runtime, run: JobRun, { provider }: Giver, answer: Answer, body: Buffer): Promise<void> {
  try {
    answer.pages.push(await run.answers.put(provider.name, answer.pulledAt, body))
  } catch (error) {
    if (error instanceof OhlcvError) run.stopped = error
    throw error
  }
  await failpoint('fetch-kept')
}

/** Why an answer cannot be stored. @throws errors that no provider can cause */
function faultOf(error: unknown, run: FetchRun, source: Source, now: Date): Failure {
  if (!(error instanceof OhlcvError)) throw error
  if (error instanceof AskFailure && error.stops) leaveOut(run, source, error, now)
  const isRejected = error instanceof SourceError && !(error instanceof AskFailure) && error !== run.stopped
  return { status: isRejected ? 'rejected' : 'failed', code: error.code, message: messageWithHint(error) }
}

/** Makes one request, follows its pages, keeps each as it came, and reads it. Whatever comes back or does not is an answer; only an abort is thrown. */
export async function requestAnswer(
  runtime: Runtime, run: FetchRun, source: Source, { timespan }: Unit, { symbol, range, since }: Ask, request: number, universe: Universe,
): Promise<Answer> {
  const { now, signal, failpoint } = runtime
  const { provider, client } = source
  const { calendar } = run.expectations
  const pulledAt = now()
  const reader = new AnswerReader({ provider, form: 'answer', timespan, symbol, range, calendar, universe, pulledAt, request })
  const answer: Answer = { form: 'answer', symbol, range, pulledAt, durationMs: 0, tries: [], pages: [], reader, fault: null }
  const question = symbol === null ? provider.grouped!.question(range.start) : provider.bars.question(symbol, timespan.name, timespan.asked(range), pulledAt, since)
  const read = async (body: Buffer) => {
    await keep(runtime, run, source, answer, body)
    return reader.read(body)
  }
  // A try is told as it ends, since what it brought may be refused.
  const told = (tried: Try): void => {
    answer.tries.push(tried)
    answer.durationMs = tried.durationMs
  }
  try {
    await failpoint('fetch-asked')
    for await (const _ of answers({ ask: (question, signal) => client.ask(question, signal, told) }, question, read, signal)) continue
    reader.judge()
  } catch (error) {
    signal.throwIfAborted()
    answer.fault = faultOf(error, run, source, now())
  }
  return answer
}

/** Reads an answer again from what was kept of it, by another reading of the universe. */
async function readAgain(run: JobRun, { provider }: Giver, { timespan }: Unit, answer: Answer, request: number, universe: Universe): Promise<Answer> {
  const { expectations: { calendar }, answers } = run
  const { form, symbol, range, pulledAt, pages } = answer
  return { ...answer, reader: await readKept(answers, pages, { provider, form, timespan, symbol, range, calendar, universe, pulledAt, request }) }
}

/** Reads the answers of a source again from what was kept of them, by another reading of the universe. @throws SourceError where one is gone or damaged */
export function answersAgain(run: JobRun, source: Giver, unit: Unit, answers: readonly Answer[], universe: Universe): Promise<Answer[]> {
  return Promise.all(answers.map((answer, request) => readAgain(run, source, unit, answer, request, universe)))
}
