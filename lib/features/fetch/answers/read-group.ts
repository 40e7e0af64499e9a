import { createCalendar, type Calendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE, exchangeNamed } from '../../../calendar/exchanges.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import { SourceError } from '../../../domain/errors.js'
import type { Universe } from '../../../domain/universe.js'
import type { Queryable } from '../../../postgres/database.js'
import { BAR_SOURCES } from '../../../providers/authority.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import type { AnswerGroup, KeptFetch } from '../../../store/fetches/replay.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'
import { readKept, type AnswerReader } from '../read-answer.js'

/** The calendars of the exchanges that fetches name, each read once. */
export class Calendars {
  readonly #known = new Map<string, Calendar>()

  constructor(private readonly db: Queryable) {}

  async of(name: string | null): Promise<Calendar> {
    const exchange = exchangeNamed(name ?? DEFAULT_EXCHANGE.code) ?? DEFAULT_EXCHANGE
    const known = this.#known.get(exchange.code) ?? createCalendar(exchange, await listOverrides(this.db, exchange.code))
    this.#known.set(exchange.code, known)
    return known
  }
}

/** An answer that could not be read again. */
export interface UnreadAnswer {
  fetch: KeptFetch
  error: SourceError
}

/** What a group's answers are read by. */
export interface GroupReading {
  answers: KeptAnswers
  calendars: Calendars
  universe: Universe
  signal: AbortSignal
}

/** What became of a group's answers. */
export interface ReadGroup {
  /** Fetches that have been read again. */
  read: number[]
  /** Those that were pruned. */
  pruned: number[]
  unread: UnreadAnswer[]
}

/** One answer by the readers and stages of its fetch. @throws SourceError where it is gone, damaged, or would be refused today */
async function readAnswer({ answers, calendars, universe }: GroupReading, group: AnswerGroup, fetch: KeptFetch, request: number): Promise<AnswerReader> {
  const provider = BAR_SOURCES.find(({ name }) => name === group.provider)
  if (!provider) throw new SourceError('PROVIDER_UNKNOWN', `this version has no reader for answers of ${group.provider}`)
  const { form, start, end, pulledAt, pages, exchange } = fetch
  const calendar = await calendars.of(exchange)
  return readKept(answers, pages, { provider, form, timespan: timespanNamed(group.timespan), symbol: group.symbol, range: { start, end }, calendar, universe, pulledAt, request })
}

/**
 * Lines of COPY of a group's answers, in the order in which they were fetched, one answer at a time in memory. What was withdrawn or pruned is passed over,
 * and one that cannot be read gives nothing at all.
 * @param found is told what became of each
 */
export async function* linesOf(reading: GroupReading, group: AnswerGroup, fetches: readonly KeptFetch[], found: ReadGroup): AsyncGenerator<string> {
  for (const [request, fetch] of fetches.entries()) {
    reading.signal.throwIfAborted()
    if (fetch.withdrawn) continue
    if (fetch.pruned) {
      found.pruned.push(fetch.fetchId)
      continue
    }
    let reader: AnswerReader
    try {
      reader = await readAnswer(reading, group, fetch, request)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      found.unread.push({ fetch, error })
      continue
    }
    found.read.push(fetch.fetchId)
    yield* reader.pieces
  }
}
