import type { Periods, TimespanName } from '../datasets/timespan.js'
import type { RawBar } from '../domain/bar.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Tally } from '../domain/tally.js'

/** What is asked of a provider: a path and a query on its own host, without its key. */
export interface Question {
  path: string
  query: Readonly<Record<string, string>>
}

/** A page of bars, read. */
export interface BarsPage {
  /** How many rows it has. */
  rows: number
  /** Each of them counted as read, but for those that are rejected. */
  bars: readonly RawBar[]
  /** What to ask for the page after this one; null where it is the last. */
  next: Question | null
}

/** What the bars of a page are read by. */
export interface BarsReading {
  periods: Periods
  tally: Tally
  /** The number of the page's first row, counted over all pages from 1. */
  firstRow: number
}

/** Who a security is, as far as the provider knows; null where it does not say. */
export interface SecurityDetails {
  name: string | null
  type: string | null
  exchange: string | null
  sector: string | null
  industry: string | null
  issuer: string | null
  underlyingIndex: string | null
}

/** What a response comes to, its body aside. */
export type Judgement =
  | { kind: 'answer' }
  /** The provider knows no such symbol. */
  | { kind: 'nothing' }
  /** `again`: it may pass. `stops`: no other request to this provider would fare better. */
  | { kind: 'failed'; code: string; message: string; hint?: string; again: boolean; stops: boolean }

/**
 * Who gives bars by requests. Questions and readers only: how requests are made, counted, tried again and kept is the same for all.
 * Readers throw a SourceError (ANSWER_FORMAT and its like) that names the field where an answer has not the form it has to have.
 */
export interface BarProvider {
  /** As stored. */
  name: string
  /** What else it is called. */
  aliases: readonly string[]
  /** Environment variables with what they are without, and the headers by which a key travels. */
  api: {
    baseUrl: { env: string; fallback: string }
    timeout: { env: string; fallback: number }
    key: { env: string; headers(key: string): Record<string, string> } | null
  }
  /** Most tries of one request. */
  tries: number
  timespans: readonly TimespanName[]
  /** Whether its daily and minute bars may stand in where no file has spoken; else they are only compared. */
  fills: boolean
  /** A symbol that it has bars of on every session, and gives to every plan: by which it is tried whether it answers at all. */
  probe: string
  judge(response: { status: number; body: Buffer }): Judgement
  bars: {
    /** What the provider calls these answers. */
    title: string
    /** @param range as `Timespan.asked` gives it */
    question(symbol: string, timespan: TimespanName, range: DateRange): Question
    read(body: Buffer, symbol: string, reading: BarsReading): BarsPage
  }
  /** Daily bars of every symbol of one date in one answer. */
  grouped: {
    question(date: IsoDate): Question
    read(body: Buffer, reading: BarsReading): BarsPage
  } | null
  details: {
    question(symbol: string): Question
    read(body: Buffer): SecurityDetails
  } | null
}
