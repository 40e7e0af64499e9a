import type { Readable } from 'node:stream'
import type pg from 'pg'
import type { IsoDate } from '../../../domain/dates.js'
import { streamBars } from '../../../store/quality/stream-bars.js'
import { SESSIONS_AFTER, SESSIONS_BEFORE } from '../rules/rule.js'
import type { ReadSession } from './day.js'
import { Histories, SPAN } from './histories.js'
import type { Aside, Judge, Judged } from './judge.js'
import { parseBars } from './parse-bars.js'
import type { CheckedDate } from './survey.js'

/** Dates that are written at once. */
const CHUNK = 8

/** After so many sessions it is looked for securities that have gone. */
const FORGET_EVERY = 20

/** Fields of a line of bars. */
const FIELDS = 6

/** A date that was read and waits for the sessions after it. */
interface Waiting extends CheckedDate {
  bars: number
}

/** The dates that are read: those to be judged, and the sessions around them. */
function datesToRead(dates: readonly CheckedDate[], targets: readonly CheckedDate[]): CheckedDate[] {
  const wanted = new Set(targets.map(({ date }) => date))
  const numbers = targets.flatMap(({ session }) => session ?? [])
  let next = 0
  return dates.filter(({ date, session }) => {
    if (session === undefined) return wanted.has(date)
    // The first target whose window does not end before this session: they rise with the dates.
    while (next < numbers.length && numbers[next]! + SESSIONS_AFTER < session) next++
    return next < numbers.length && numbers[next]! - SESSIONS_BEFORE <= session
  })
}

/** Bars are read date by date; each date to be judged is when the last session of its window has been read. */
export class Reading {
  readonly #histories = new Histories()
  readonly #sessions = new Map<number, ReadSession>()
  readonly #waiting: Waiting[] = []
  #forgotten = 0

  /** @param asideOf what is known of these dates besides their bars; asked once for each lot of dates */
  constructor(private readonly client: pg.ClientBase, private readonly judge: Judge, private readonly asideOf: (dates: readonly IsoDate[]) => Promise<(date: IsoDate) => Aside>) {}

  /** The targets as they are judged, in lots of some dates, in order. */
  async *judged(dates: readonly CheckedDate[], targets: readonly CheckedDate[]): AsyncGenerator<Judged[]> {
    const lots = Array.from({ length: Math.ceil(targets.length / CHUNK) }, (_, index) => targets.slice(index * CHUNK, (index + 1) * CHUNK))
    const isTarget = new Set(targets.map(({ date }) => date))
    const toRead = datesToRead(dates, targets)
    let read = 0
    for (const lot of lots) {
      const asides = await this.asideOf(lot.map(({ date }) => date))
      const judged: Judged[] = []
      while (judged.length < lot.length) {
        const next = toRead[read]
        // The server sends the next date while the last ones are judged.
        const lines = next && streamBars(this.client, next.date)
        this.#judgeWaiting(next, lot.length, asides, judged)
        if (next === undefined || lines === undefined) continue
        await this.#read(next, lines, isTarget.has(next.date))
        read++
      }
      yield judged
    }
  }

  /** Judges what waits for nothing any more once a date is read next, in order, until so many are judged. @param next undefined: everything has been read */
  #judgeWaiting(next: CheckedDate | undefined, most: number, asides: (date: IsoDate) => Aside, judged: Judged[]): void {
    const isReady = ({ session }: Waiting) => session === undefined || next === undefined || (next.session !== undefined && session + SESSIONS_AFTER < next.session)
    while (judged.length < most && this.#waiting.length > 0 && isReady(this.#waiting[0]!)) {
      const { date, session, bars } = this.#waiting.shift()!
      judged.push(session === undefined ? this.judge.closed(date, bars) : this.judge.session(date, session, this.#histories, this.#sessions, asides(date)))
    }
  }

  async #read(checked: CheckedDate, lines: Readable, isTarget: boolean): Promise<void> {
    const { session, isLoaded } = checked
    let bars = 0
    await parseBars(lines, FIELDS, (bar) => {
      bars++
      if (session !== undefined) this.#histories.add(session, bar)
    })
    if (session !== undefined) this.#pass(session, { bars, isLoaded })
    if (isTarget) this.#waiting.push({ ...checked, bars })
  }

  /** Keeps what a session is to those around it, and forgets what is far behind it and behind all that wait. */
  #pass(session: number, read: ReadSession): void {
    if (read.bars > 0) this.#sessions.set(session, read)
    // After years without any bar some may still wait to be judged by what was before these.
    const oldest = this.#waiting.find((waiting) => waiting.session !== undefined)?.session ?? session
    for (const number of this.#sessions.keys()) {
      if (number >= oldest - SPAN) break
      this.#sessions.delete(number)
    }
    if (oldest < this.#forgotten + FORGET_EVERY) return
    this.#forgotten = oldest
    this.#histories.forget(oldest)
  }
}
