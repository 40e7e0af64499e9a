import type { Periods, TimespanName } from '../datasets/timespan.js'
import type { CorporateActions } from '../domain/action.js'
import type { RawBar, Remarks } from '../domain/bar.js'
import type { Basis } from '../domain/basis.js'
import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Tally } from '../domain/tally.js'

/** What is asked of a provider: a path and a query on its own host, without its key. */
export interface Question {
  path: string
  query: Readonly<Record<string, string>>
}

/** A bar as a provider gives it, on the provider's basis. */
export interface ProviderBar extends RawBar, Remarks {}

/** A page of bars, read. */
export interface BarsPage {
  /** How many rows it has that were asked for: those of other dates, which some providers cannot leave out, are none. */
  rows: number
  /** Each of them counted as read, but for those that are rejected. */
  bars: readonly ProviderBar[]
  /** What to ask for the page after this one; null where it is the last. */
  next: Question | null
}

/** What the bars of a page are read by. */
export interface BarsReading {
  /** Which length was asked for. */
  timespan: TimespanName
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

/** Reads a page of a symbol's bars. @throws SourceError (ANSWER_FORMAT and its like) that names the field where the page has not the form it has to have */
type ReadBars = (body: Buffer, symbol: string, reading: BarsReading) => BarsPage

/** Whose bars there may be, whether or not it can be asked: what its kept bodies are read by, and what their bars are. */
export interface BarSource {
  /** As stored. */
  name: string
  /** Those timespans whose bars may stand in the tables of bars, as fills or aggregates, where they are unadjusted; the others are only held beside. */
  stores: readonly TimespanName[]
  /** What the prices of its answers are adjusted for, where a bar does not say it. */
  basis: Basis
  /** So many hours after the close of a period's last session its bar is final; until then it is provisional. */
  settlesHours: number
  /** Answers of requests about one symbol. */
  bars: { read: ReadBars } | null
  /** Daily bars of every symbol of one date in one answer. */
  grouped: { read(body: Buffer, reading: BarsReading): BarsPage } | null
  /** Daily bars in the files that people have from it; null where there are none such. */
  files: { read: ReadBars } | null
}

/**
 * Who gives bars by requests. Questions and readers only: how requests are made, counted, tried again and kept is the same for all.
 * Readers throw a SourceError (ANSWER_FORMAT and its like) that names the field where an answer has not the form it has to have.
 */
export interface BarProvider extends BarSource {
  /** What else it is called. */
  aliases: readonly string[]
  /** Environment variables with what they are without, by which headers or parameters a key travels, and what else each request says. */
  api: {
    baseUrl: { env: string; fallback: string }
    timeout: { env: string; fallback: number }
    key: { env: string; headers?(key: string): Record<string, string>; query?(key: string): Record<string, string> } | null
    headers: Readonly<Record<string, string>>
  }
  /** Most tries of one request. */
  tries: number
  timespans: readonly TimespanName[]
  /** What it calls a symbol; null where it has no name for such a one. */
  symbol(symbol: string): string | null
  /** A symbol that it has bars of on every session, and gives to every plan: by which it is tried whether it answers at all. */
  probe: string
  judge(response: { status: number; body: Buffer }): Judgement
  bars: {
    /** What the provider calls these answers. */
    title: string
    /**
     * @param symbol one that it has a name for
     * @param range as `Timespan.asked` gives it
     */
    question(symbol: string, timespan: TimespanName, range: DateRange, now: Date): Question
    read: ReadBars
  }
  /** Splits and dividends with an ex-date in the range. */
  actions: {
    questions(symbol: string, range: DateRange, now: Date): Question[]
    read(body: Buffer, symbol: string, range: DateRange): CorporateActions & { next: Question | null }
  } | null
  grouped: {
    question(date: IsoDate): Question
    read(body: Buffer, reading: BarsReading): BarsPage
  } | null
  details: {
    question(symbol: string): Question
    read(body: Buffer): SecurityDetails
  } | null
}
