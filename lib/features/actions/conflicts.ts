import type { Decimal } from '../../domain/bar.js'
import { dayNumber, type IsoDate } from '../../domain/dates.js'
import { decimalPlaces, scaledDecimal, sumOfDecimals } from '../../domain/decimal.js'
import { groupsBy } from '../../domain/grouped.js'
import type { ListedDividend, ListedSplit, ToldDates } from '../../store/actions/list.js'

/**
 * What a person should look at. `different`: sources tell different things of a date; `moved`: they tell the same of dates close together; `lacking`: one was
 * asked and tells nothing of it; `unusual`: a ratio that no ordinary split has, so that it is not applied unless a person says so.
 */
export const CONFLICT_KINDS = ['different', 'moved', 'lacking', 'unusual'] as const

/** What a source says of an event; `value` is null where it says nothing. */
export interface Saying {
  source: string
  exDate: IsoDate
  value: string | null
}

export interface Conflict {
  kind: (typeof CONFLICT_KINDS)[number]
  action: 'split' | 'dividend'
  symbolId: number
  symbol: string
  exDate: IsoDate
  sayings: Saying[]
}

/** An event as one source tells it. */
interface Event {
  symbolId: number
  symbol: string
  exDate: IsoDate
  source: string
  /** For people. */
  value: string
  /** As a quotient, by which events are compared. */
  numerator: Decimal
  denominator: Decimal
}

const ONE = '1' as Decimal
/** Within so many sessions the same is taken to be the same event. */
const SESSIONS_APART = 5
/** More days than that many sessions ever took. */
const MOST_DAYS = 14
/** Of numbers that are apart by less than one part of so many, the one is the other rounded. */
const ROUNDED = 1000n

/** Whether two quotients are the same but for rounding. */
function isAlike(a: Event, b: Event): boolean {
  const product = (x: Decimal, y: Decimal): bigint => scaledDecimal(x, decimalPlaces(x)) * scaledDecimal(y, decimalPlaces(y)) * 10n ** BigInt(40 - decimalPlaces(x) - decimalPlaces(y))
  const [left, right] = [product(a.numerator, b.denominator), product(b.numerator, a.denominator)]
  const [less, more] = left < right ? [left, right] : [right, left]
  return (more - less) * ROUNDED <= more
}

function eventOfSplit({ symbolId, symbol, exDate, source, from, to }: ListedSplit): Event {
  return { symbolId, symbol, exDate, source, value: `${to} for ${from}`, numerator: to, denominator: from }
}

/** All that a source pays on a date, which is what prices are adjusted by. */
function eventsOfDividends(dividends: readonly ListedDividend[]): Event[] {
  const dates = groupsBy(dividends, ({ symbolId, exDate, source, currency }) => `${symbolId} ${exDate} ${source} ${currency ?? 'USD'}`)
  return dates.map((same) => {
    const { symbolId, symbol, exDate, source, currency } = same[0]!
    const amount = sumOfDecimals(same.map((dividend) => dividend.amount))
    return { symbolId, symbol, exDate, source, value: `${amount} ${currency ?? 'USD'}`, numerator: amount, denominator: ONE }
  })
}

/** What the sources say of the events of one security, and where they differ. */
class Sayings {
  /** By date, in order, each in the order of authority. */
  readonly dates: Map<IsoDate, Event[]>

  constructor(
    private readonly action: Conflict['action'], private readonly events: readonly Event[], private readonly told: readonly ToldDates[],
    private readonly sessionsApart: (a: IsoDate, b: IsoDate) => number,
  ) {
    this.dates = new Map(groupsBy(events, ({ exDate }) => exDate).map((same) => [same[0]!.exDate, same]))
  }

  conflicts(): Conflict[] {
    return [...this.dates.values()].flatMap((said) => {
      const [first] = said
      const different = said.some((event) => !isAlike(event, first!)) ? [this.conflict('different', said)] : []
      return [...different, ...this.moved(said), ...this.lacking(said)]
    })
  }

  /** The same told of a later date by a source that says nothing of this one, and of which who tells this one says nothing. */
  private moved(said: readonly Event[]): Conflict[] {
    const later = this.events.find((event) => event.exDate > said[0]!.exDate && this.isMoved(said, event))
    return later === undefined ? [] : [this.conflict('moved', [...said, ...this.dates.get(later.exDate)!])]
  }

  private isMoved(said: readonly Event[], event: Event): boolean {
    const there = this.dates.get(event.exDate)!
    const isOf = ({ source }: Event, events: readonly Event[]) => events.some((other) => other.source === source)
    return !isOf(event, said) && said.some((own) => !isOf(own, there) && isAlike(own, event) && this.areNear(own.exDate, event.exDate))
  }

  private areNear(a: IsoDate, b: IsoDate): boolean {
    return Math.abs(dayNumber(a) - dayNumber(b)) <= MOST_DAYS && this.sessionsApart(a < b ? a : b, a < b ? b : a) <= SESSIONS_APART
  }

  private lacking(said: readonly Event[]): Conflict[] {
    const [{ exDate }] = said as [Event]
    const silent = this.told.filter(({ source, start, end }) => start <= exDate && exDate <= end && said.every((event) => event.source !== source))
      .filter(({ source }) => !this.events.some((event) => event.source === source && event.exDate !== exDate && (this.isMoved(said, event) || said.some((own) => this.isMoved(this.dates.get(event.exDate)!, own)))))
    const sources = [...new Set(silent.map(({ source }) => source))].toSorted()
    return sources.length === 0 ? [] : [this.conflict('lacking', said, sources.map((source) => ({ source, exDate, value: null })))]
  }

  private conflict(kind: Conflict['kind'], said: readonly Event[], silent: readonly Saying[] = []): Conflict {
    const { symbolId, symbol, exDate } = said[0]!
    return { kind, action: this.action, symbolId, symbol, exDate, sayings: [...said.map(({ source, exDate, value }) => ({ source, exDate, value })), ...silent] }
  }
}

function unusual(splits: readonly ListedSplit[]): Conflict[] {
  return groupsBy(splits.filter(({ usual }) => !usual), ({ symbolId, exDate }) => `${symbolId} ${exDate}`).map((same) => {
    const { symbolId, symbol, exDate } = same[0]!
    return { kind: 'unusual', action: 'split', symbolId, symbol, exDate, sayings: same.map(eventOfSplit).map(({ source, exDate, value }) => ({ source, exDate, value })) }
  })
}

/**
 * Where sources contradict each other, by symbol, the latest first. Splits that a person has ruled on are left out.
 * @param told what each source was asked about
 * @param sessionsApart how many sessions after the first date the second is
 */
export function conflictsOf(splits: readonly ListedSplit[], dividends: readonly ListedDividend[], told: readonly ToldDates[], sessionsApart: (a: IsoDate, b: IsoDate) => number): Conflict[] {
  const open = splits.filter(({ ruling }) => ruling === null)
  const toldOf = new Map(groupsBy(told, ({ symbolId }) => symbolId).map((dates) => [dates[0]!.symbolId, dates]))
  const of = (action: Conflict['action'], events: readonly Event[]): Conflict[] => groupsBy(events, ({ symbolId }) => symbolId)
    .flatMap((own) => new Sayings(action, own, toldOf.get(own[0]!.symbolId) ?? [], sessionsApart).conflicts())
  const all = [...of('split', open.map(eventOfSplit)), ...of('dividend', eventsOfDividends(dividends)), ...unusual(open)]
  return all.sort((a, b) => compare(a.symbol, b.symbol) || a.symbolId - b.symbolId || compare(b.exDate, a.exDate) || compare(a.action, b.action) || compare(a.kind, b.kind))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
