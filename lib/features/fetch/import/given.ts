import type { Timespan } from '../../../datasets/timespan.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import type { DateRange } from '../../../domain/dates.js'
import { messageWithHint, OhlcvError, SourceError } from '../../../domain/errors.js'
import type { Universe } from '../../../domain/universe.js'
import type { BarSource } from '../../../providers/bar-provider.js'
import type { Runtime } from '../../runs/runtime.js'
import type { AskedUnit } from '../merge-unit.js'
import { AnswerReader } from '../read-answer.js'
import { keep, type Answer } from '../request-answer.js'
import type { JobRun } from '../run.js'

/** Daily bars of a symbol as they lie in a file or a table: in place of the answers of requests. */
export interface Given {
  symbol: string
  /** What tells it from others of the symbol: the name of the file; empty where there are none. */
  part: string
  /** The dates of its rows. */
  range: DateRange
  rows: number
  /** What is kept, and read, of the rows of some of these dates. Those of no date that can be are in the first piece. */
  body: (piece: DateRange, isFirst: boolean) => Buffer
  /** Why none of it can be read; null where it can. */
  fault: SourceError | null
}

const DAY: Timespan = timespanNamed('day')

/** What a body is read by; what is kept of it is read alike. */
export function readerOf(provider: BarSource, run: Pick<JobRun, 'expectations'>, symbol: string, range: DateRange, universe: Universe, pulledAt: Date, request: number): AnswerReader {
  return new AnswerReader({ provider, form: 'file', timespan: DAY, symbol, range, calendar: run.expectations.calendar, universe, pulledAt, request })
}

/** Why a body cannot be stored. @throws errors that no body can cause */
function faultOf(error: unknown): NonNullable<Answer['fault']> {
  if (!(error instanceof OhlcvError)) throw error
  return { status: error instanceof SourceError ? 'rejected' : 'failed', code: error.code, message: messageWithHint(error) }
}

async function answerOf(runtime: Runtime, run: JobRun, provider: BarSource, { symbol, body }: Given, range: DateRange, request: number, universe: Universe): Promise<Answer> {
  const pulledAt = runtime.now()
  const reader = readerOf(provider, run, symbol, range, universe, pulledAt, request)
  const answer: Answer = { form: 'file', symbol, range, pulledAt, durationMs: 0, tries: [], pages: [], reader, fault: null }
  try {
    const bytes = body(range, request === 0)
    await keep(runtime, run, { provider }, answer, bytes)
    reader.read(bytes)
    reader.judge()
  } catch (error) {
    runtime.signal.throwIfAborted()
    answer.fault = faultOf(error)
  }
  return answer
}

/** Keeps what is given and has it pass the stages, as a unit that has been asked for; in as many pieces as the symbol has named securities. */
export async function readGiven(runtime: Runtime, run: JobRun, provider: BarSource, given: Given, universe: Universe): Promise<AskedUnit> {
  const startedAt = runtime.now()
  const pieces = given.fault === null ? universe.piecesOf(given.symbol, given.range) : []
  const answers: Answer[] = []
  for (const [request, range] of pieces.entries()) {
    const answer = await answerOf(runtime, run, provider, given, range, request, universe)
    answers.push(answer)
    if (answer.fault !== null) break
  }
  const asks = pieces.map((range) => ({ symbol: given.symbol, range }))
  const unit = { symbol: given.symbol, timespan: DAY, part: given.part, asks, range: given.range, expected: run.expectations.times(DAY, pieces).size }
  const failure = given.fault && { status: 'rejected' as const, code: given.fault.code, message: messageWithHint(given.fault) }
  return { unit, attempts: [{ source: { provider }, answers }], universe, startedAt, reason: null, mayFill: false, failure }
}
