import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import { NO_DAILY_DATA } from '../../features/fetch/findings.js'
import type { Gap, Gaps } from '../../features/gaps/gap.js'
import type { GapReason } from '../../features/gaps/reasons.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { barsElsewhere } from '../../store/quality/bar-elsewhere.js'
import { countTries, EVERY_SECURITY, type FailedTry, type GapTries } from '../../store/quality/gap-tries.js'
import type { AskedFiles } from './files.js'
import { openDates, rangesOf, sessionsIn } from './plan.js'
import type { AskedProviders } from './providers.js'
import type { FillRequest } from './request.js'
import type { Mending } from './settle.js'

/** What a gap is that only a source can fill; the others have another remedy. */
const SOURCELESS: ReadonlySet<GapReason> = new Set(['absent', 'halted', 'not_loaded'])

const READ: ReadonlySet<Outcome> = new Set(['loaded', 'unchanged'])
const NO_FILE: ReadonlySet<Outcome> = new Set(['missing', 'forbidden'])

/** Who was asked, and what came of it. */
export interface Asked {
  request: FillRequest
  files: AskedFiles
  providers: AskedProviders
}

/** Whether all sources there are have said that they have no such bar: one that could not be asked may have it. Undefined: not known. */
function codeOf({ request, files, providers }: Asked, symbolId: number, date: IsoDate, isLoaded: boolean): string | undefined {
  const day = files.days.get(date)
  if (isLoaded) return day !== undefined && READ.has(day.outcome) ? NO_DAILY_DATA.code : undefined
  const hasNoFile = request.load === null || (day !== undefined && NO_FILE.has(day.outcome))
  if (!hasNoFile) return undefined
  if (providers.leftOut !== null) return day?.code ?? undefined
  return providers.answered(symbolId, date) ? NO_DAILY_DATA.code : undefined
}

/** A date that no file and no provider has, as far as they were asked for what it lacks. */
function codeOfDate(asked: Asked, gaps: Gaps, date: IsoDate): string | undefined {
  const lacking = gaps.pairs.lacking.securities.filter((symbolId) => gaps.pairs.lacking.hasOn(symbolId, date))
  const codes = (lacking.length === 0 ? [EVERY_SECURITY] : lacking).map((symbolId) => codeOf(asked, symbolId, date, false))
  return codes.every((code) => code !== undefined) ? codes[0] : undefined
}

/** The tries in vain of a fill, by what it has left. */
async function failedTries({ db }: Runtime, asked: Asked, before: Gaps, after: Gaps): Promise<FailedTry[]> {
  const unloaded = new Set(after.unloaded.map(({ date }) => date))
  const elsewhere = new Set((await barsElsewhere(db.pool, after.range)).map(({ symbolId, date }) => `${symbolId} ${date}`))
  const tries: FailedTry[] = []
  const add = (symbolId: number, date: IsoDate, code: string | undefined): void => {
    if (code !== undefined) tries.push({ symbolId, date, code })
  }
  for (const { date, isClosed, isWhole } of after.unloaded) if (isWhole && !isClosed) add(EVERY_SECURITY, date, codeOfDate(asked, after, date))
  for (const gap of after.gaps.filter(({ reason }) => SOURCELESS.has(reason))) {
    for (const date of openDates(after, gap)) {
      if (!elsewhere.has(`${gap.symbolId} ${date}`) && before.sessions.includes(date)) add(gap.symbolId, date, codeOf(asked, gap.symbolId, date, !unloaded.has(date)))
    }
  }
  return tries
}

function messageOf(tries: readonly GapTries[]): string {
  const most = Math.max(...tries.map(({ tries }) => tries))
  return `no source that could be asked has it; asked ${most === 1 ? 'once' : `${most} times`} so far`
}

function mendingOf(security: Mending['security'], dates: DateRange, tries: readonly GapTries[], code: string, before: unknown): Mending {
  const isClosed = tries.every(({ closedAt }) => closedAt !== null)
  return {
    security, dates, sessions: tries.length, provider: null, action: 'left_alone', state: isClosed ? 'closed' : 'failed', before, after: { code, tries: Math.max(...tries.map(({ tries }) => tries)) }, message: messageOf(tries),
  }
}

/** Counts what was tried in vain, and tells it: consecutive dates of a security that ended alike together, of whole dates each. */
export async function settleTries(runtime: Runtime, asked: Asked, before: Gaps, after: Gaps, began: Date): Promise<Mending[]> {
  const { db, now, signal } = runtime
  const failed = await failedTries(runtime, asked, before, after)
  const counted = new Map((await db.run(signal, (client) => countTries(client, failed, began, now()))).map((each) => [`${each.symbolId} ${each.date}`, each]))
  const codes = new Map(failed.map(({ symbolId, date, code }) => [`${symbolId} ${date}`, code]))
  const whole = after.unloaded.flatMap(({ date, lacking, bars }) => {
    const tries = counted.get(`${EVERY_SECURITY} ${date}`)
    return tries ? [mendingOf(null, { start: date, end: date }, [tries], codes.get(`${EVERY_SECURITY} ${date}`)!, { loaded: false, bars, lacking })] : []
  })
  const ofGap = (gap: Gap): Mending[] => {
    const { symbolId, symbol, reason } = gap
    const dates = sessionsIn(after, gap).filter((date) => counted.has(`${symbolId} ${date}`))
    const kindOf = (date: IsoDate): string => `${codes.get(`${symbolId} ${date}`)} ${counted.get(`${symbolId} ${date}`)!.closedAt !== null}`
    return [...new Set(dates.map(kindOf))].flatMap((kind) => rangesOf(after, new Set(dates.filter((date) => kindOf(date) === kind)), 0).map((range) => {
      const tries = sessionsIn(after, range).map((date) => counted.get(`${symbolId} ${date}`)!)
      return mendingOf({ symbolId, symbol }, range, tries, codes.get(`${symbolId} ${range.start}`)!, { reason, lacking: tries.length })
    }))
  }
  return [...whole, ...after.gaps.filter(({ reason }) => SOURCELESS.has(reason)).flatMap(ofGap)]
}
