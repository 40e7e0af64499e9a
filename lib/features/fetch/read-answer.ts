import { createHash } from 'node:crypto'
import type { Calendar } from '../../calendar/calendar.js'
import type { Periods, Timespan } from '../../datasets/timespan.js'
import type { RawBar, RepeatedBar } from '../../domain/bar.js'
import type { DateRange } from '../../domain/dates.js'
import { isNegative } from '../../domain/decimal.js'
import { SourceError } from '../../domain/errors.js'
import { inOrder, none, type Stage } from '../../domain/stage.js'
import { Tally, type RawRows } from '../../domain/tally.js'
import type { Universe } from '../../domain/universe.js'
import type { BarsPage, BarSource, BarsReading, ProviderBar } from '../../providers/bar-provider.js'
import { fetchedLine } from '../../stages/fetched-line.js'
import { identify } from '../../stages/identify.js'
import { onSchedule } from '../../stages/on-schedule.js'
import { once } from '../../stages/once.js'
import { validate } from '../../stages/validate.js'
import type { AnswerForm } from '../../store/fetches/fetches.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import { marksOf, type Marks } from './marks.js'

/** Percent of an answer's rows that may have a null; above it the answer is refused. */
const MOST_NULLS = 5
/** Rejected rows of one answer that are kept as examples. */
const EXAMPLES = 20
/** Lines of COPY that are sent at once. */
const LINES_A_PIECE = 512
const NO_ROWS: RawRows = { raw: () => Buffer.alloc(0) }

/** What was asked, and what its answer is read by. */
export interface Reading {
  provider: BarSource
  /** Of a file, which may have grown over years, each row is judged by itself, as in a day file; a bad one of an answer makes all of it one not to be trusted. */
  form: AnswerForm
  timespan: Timespan
  /** Null: all symbols of a date. */
  symbol: string | null
  /** On which the symbol named the security. */
  range: DateRange
  calendar: Calendar
  universe: Universe
  pulledAt: Date
  /** Which of its unit's requests it is, from 0. */
  request: number
}

/** One page by the reader that its source has for such. @throws SourceError PROVIDER_UNKNOWN where it has none */
function pageOf({ provider, form, symbol }: Reading, body: Buffer, reading: BarsReading): BarsPage {
  const [forSymbol, forAll] = form === 'file' ? [provider.files, null] : [provider.bars, provider.grouped]
  const page = symbol === null ? forAll?.read(body, reading) : forSymbol?.read(body, symbol, reading)
  if (page === undefined) throw new SourceError('PROVIDER_UNKNOWN', `this version has no reader for such answers of ${provider.name}`)
  return page
}

/**
 * Turns the pages of an answer, wherever they come from, into lines of COPY: parse, identify, on schedule, validate, once, copy line. These are the stages
 * of day files, after what is a provider's own.
 */
export class AnswerReader {
  readonly tally = new Tally(EXAMPLES)
  /** The lines in the order of the answer, many to a piece, those repeated set aside. To be asked once it has been judged. */
  readonly pieces: string[] = []
  readonly repeats: RepeatedBar[] = []
  /** When its bars are of, as `Periods.time` gives it. */
  readonly times = new Set<string>()
  /** Bars that are over and may yet change; and from when on none of them does, null where there are none. */
  readonly provisional: { bars: number; until: Date | null } = { bars: 0, until: null }
  readonly #periods: Periods
  readonly #marks: Marks
  readonly #stages: Stage<ProviderBar, string>
  readonly #raw = createHash('sha256')
  #lines: string[] = []
  #bytes = 0
  #barsHash: string | undefined

  constructor(private readonly reading: Reading) {
    const { provider, timespan, range, calendar, universe, pulledAt, request } = reading
    const periods = timespan.periods(range)
    const marks = marksOf(timespan, periods, calendar, pulledAt, provider.settlesHours)
    this.#periods = periods
    this.#marks = marks
    this.#stages = inOrder(
      identify(universe, ({ slot }) => periods.dateOf(slot), this.tally),
      onSchedule(marks, this.tally),
      validate(this.tally),
      once(periods, this.repeats, this.tally),
      fetchedLine(request, provider.basis, periods, marks, this.tally),
    )
  }

  /** Stages the bars of one page. @throws SourceError when the body is no such page, or holds a negative number */
  read(body: Buffer): BarsPage {
    this.#raw.update(body)
    this.#bytes += body.length
    const reading = { timespan: this.reading.timespan.name, periods: this.#periods, tally: this.tally, firstRow: this.tally.counts.read + 1 }
    const page = pageOf(this.reading, body, reading)
    for (const bar of page.bars) {
      if (this.reading.form === 'answer') requireNotNegative(bar)
      const line = this.#stages(bar)
      if (line === none) continue
      this.#lines.push(line)
      this.times.add(this.#periods.time(bar.slot))
      this.#noteProvisional(bar)
    }
    // Rejected and repeated rows have been copied; the others would be held until the answer is merged.
    this.tally.from(NO_ROWS)
    return page
  }

  /** To be called after the last page. @throws SourceError ANSWER_NULLS or ANSWER_NO_VALID_BAR when the answer as a whole is not to be trusted */
  judge(): void {
    const { counts, reasons, rejects } = this.tally
    const nulls = reasons.get('null_value') ?? 0
    if (this.reading.form === 'answer' && nulls * 100 > MOST_NULLS * counts.read) {
      throw new SourceError('ANSWER_NULLS', `${nulls} of the answer's ${counts.read} rows have a null, more than ${MOST_NULLS} %`)
    }
    if (counts.rejected > 0 && counts.rejected === counts.read) {
      throw new SourceError('ANSWER_NO_VALID_BAR', `none of the answer's ${counts.read} rows is a bar that was asked for; row ${rejects[0]?.line}: ${rejects[0]?.reason}`)
    }
    // They may have to wait for their merge: as lines they would take several times the memory.
    this.#barsHash = hashOf(this.#lines)
    for (let at = 0; at < this.#lines.length; at += LINES_A_PIECE) this.pieces.push(this.#lines.slice(at, at + LINES_A_PIECE).join(''))
    this.#lines = []
  }

  #noteProvisional({ slot, provisional }: ProviderBar): void {
    // What a file has is not asked for again.
    if (this.reading.form === 'file' || (provisional !== true && !this.#marks.unsettled(slot))) return
    const settles = this.#marks.settlesAt(slot)
    this.provisional.bars++
    if (this.provisional.until === null || settles > this.provisional.until) this.provisional.until = settles
  }

  get bytes(): number {
    return this.#bytes
  }

  /** SHA-256 of all pages, one after the other. */
  get rawHash(): string {
    return this.#raw.copy().digest('hex')
  }

  /** SHA-256 of the bars as they would be stored, whatever their order. To be asked after the last page. */
  get barsHash(): string {
    return (this.#barsHash ??= hashOf(this.#lines))
  }
}

/** Reads an answer from what was kept of it. @param pages SHA-256 of each, in order @throws SourceError where one is gone, damaged, or would be refused today */
export async function readKept(answers: KeptAnswers, pages: readonly string[], reading: Reading): Promise<AnswerReader> {
  const reader = new AnswerReader(reading)
  for (const page of pages) reader.read(await answers.get(reading.provider.name, reading.pulledAt, page))
  reader.judge()
  return reader
}

function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.toSorted().join('')).digest('hex')
}

/** A negative number anywhere makes the whole answer one not to be trusted. @throws SourceError ANSWER_NEGATIVE */
function requireNotNegative(bar: RawBar): void {
  const field = (['open', 'high', 'low', 'close', 'volume', 'transactions'] as const).find((name) => bar[name] !== null && isNegative(bar[name]))
  if (field !== undefined) throw new SourceError('ANSWER_NEGATIVE', `row ${bar.line}: ${field} is ${bar[field]}`)
}
