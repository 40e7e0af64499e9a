import type { IsoDate } from '../../../domain/dates.js'
import type { Universe } from '../../../domain/universe.js'
import type { AbsentBar } from '../../../store/quality/log.js'
import type { RejectedBar } from '../../../store/quality/rejected.js'
import { ABSENT } from '../rules/absent.js'
import type { BarRule, DateRule, Day, Found, Rule, Thresholds, Verdict } from '../rules/rule.js'
import { absentOn } from './absent.js'
import { closedDay, dayOf, marketOf, type ReadSessions } from './day.js'
import type { Histories, History } from './histories.js'
import { nameOn } from './names.js'
import { RULE_OF_REASON } from './rejected.js'
import { BarWindow } from './window.js'

/** What a rule has found, of a security by its symbol. */
export interface NamedFound extends Found {
  rule: string
  symbol: string | null
}

/** What is known of a date besides its bars. */
export interface Aside {
  /** Rejected rows of its file. */
  rejected: readonly RejectedBar[]
  /** Securities whose values are to be told, for something was found of them before. */
  watched: ReadonlySet<number>
}

/** A date and what it was judged as. */
export interface Judged {
  date: IsoDate
  bars: number
  absences: AbsentBar[]
  found: NamedFound[]
  /** The values of the date, and of those of its bars whose securities are watched. */
  seen: string
  values: Map<number, string>
}

/** Judges dates: each by the bars around it and nothing else. */
export class Judge {
  readonly #barRules: readonly BarRule[]
  readonly #dateRules: readonly DateRule[]
  readonly #names: ReadonlySet<string>
  #session = 0
  /** The securities that have a bar of the session; filled anew for each. */
  readonly #bars: History[] = []
  #market: number | null | undefined
  readonly #window = new BarWindow(() => (this.#market === undefined ? (this.#market = marketOf(this.#bars, this.#session)) : this.#market))

  constructor(rules: readonly Rule[], private readonly thresholds: Thresholds, private readonly universe: Universe) {
    this.#barRules = rules.filter((rule) => rule.kind === 'bar')
    this.#dateRules = rules.filter((rule) => rule.kind === 'date')
    this.#names = new Set(rules.map(({ name }) => name))
  }

  /** Judges a session by what was read around it. */
  session(date: IsoDate, session: number, histories: Histories, read: ReadSessions, aside: Aside): Judged {
    this.#session = session
    this.#market = undefined
    const bars = this.#bars
    let count = 0
    for (const history of histories.values()) if (history.placeOf(session) >= 0) bars[count++] = history
    bars.length = count
    const judged: Judged = { bars: bars.length, absences: [], values: new Map(), ...this.#ofDate(dayOf(date, session, bars, read)) }
    for (const history of bars) this.#bar(history, date, judged, aside.watched)
    const { usuallyTrades } = this.thresholds
    if (this.#names.has(ABSENT.name)) {
      for (const absent of absentOn(date, session, histories, read, this.universe, usuallyTrades!)) judged.absences.push({ ...absent, date, failed: [ABSENT.name] })
    }
    this.#rejected(judged, (symbolId) => (histories.get(symbolId)?.placeOf(session) ?? -1) >= 0, aside.rejected)
    return judged
  }

  /** Judges a date on which the exchange was closed: of its bars only that they are there. */
  closed(date: IsoDate, bars: number): Judged {
    return { bars, absences: [], values: new Map(), ...this.#ofDate(closedDay(date, bars)) }
  }

  #ofDate(day: Day): Pick<Judged, 'date' | 'found' | 'seen'> {
    const { date } = day
    const seen = [day.bars, day.repeated, day.volumeToBefore].join(' ')
    const found = this.#dateRules.flatMap((rule) => {
      const verdict = rule.judge(day, this.thresholds)
      return verdict === undefined ? [] : [{ ...verdict, rule: rule.name, symbolId: null, symbol: null, date, lastDate: date, provider: null, seen }]
    })
    return { date, found, seen }
  }

  #bar(history: History, date: IsoDate, { found, values }: Judged, watched: ReadonlySet<number>): void {
    const window = this.#window
    const { symbolId } = history
    if (!window.moveTo(history, this.#session)) throw new Error(`the bar of security ${symbolId} on ${date} is not in its history`)
    if (watched.has(symbolId)) values.set(symbolId, window.values())
    for (const rule of this.#barRules) {
      const verdict = rule.judge(window, this.thresholds)
      if (verdict !== undefined) this.#add(found, rule.name, symbolId, date, verdict, window.values())
    }
  }

  #add(found: NamedFound[], rule: string, symbolId: number, date: IsoDate, verdict: Verdict, seen: string): void {
    const symbol = nameOn(this.universe, symbolId, date)
    if (symbol !== undefined) found.push({ ...verdict, rule, symbolId, symbol, date, lastDate: date, provider: null, seen })
  }

  /** Rows that were rejected are absent, and why is known. */
  #rejected({ date, absences, found }: Judged, isStored: (symbolId: number) => boolean, rejected: readonly RejectedBar[]): void {
    for (const { symbol, reason } of rejected) {
      const symbolId = this.universe.securityOn(symbol, date)
      const rule = RULE_OF_REASON[reason]
      if (symbolId === undefined || rule === undefined || !this.#names.has(rule) || isStored(symbolId)) continue
      let absent = absences.find((one) => one.symbolId === symbolId)
      if (absent === undefined) absences.push(absent = { symbolId, symbol, date, failed: [ABSENT.name] })
      if (absent.failed.includes(rule)) continue
      absent.failed = [...absent.failed, rule]
      this.#add(found, rule, symbolId, date, { cause: null, details: { rejected: reason } }, `rejected ${reason}`)
    }
  }
}
