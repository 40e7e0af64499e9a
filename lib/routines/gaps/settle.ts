import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Gap, Gaps } from '../../features/gaps/gap.js'
import { NOT_EXPECTED } from '../../features/gaps/reasons.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { loadedDays } from '../../store/ledger/days.js'
import { barsThere } from '../../store/quality/gaps.js'
import { logRemediation, type Remediation } from '../../store/quality/remediations.js'
import { rangesOf, sessionsIn } from './plan.js'
import type { FillRequest } from './request.js'

/** What became of a gap, or of a date as a whole. */
export interface Mending extends Pick<Remediation, 'security' | 'provider' | 'action' | 'state' | 'before' | 'after' | 'message'> {
  dates: DateRange
  sessions: number
}

/** By what a step has filled gaps. */
export interface Step {
  action: 'reload' | 'fetch'
  /** Whose files were loaded; null where providers were asked. */
  provider: string | null
  beganAt: Date
}

/** Writes down mendings, all of them or none. */
export async function writeMendings({ db, signal }: Runtime, { gaps: { dataset } }: FillRequest, mendings: readonly Mending[], runId: number, beganAt: Date): Promise<void> {
  await db.run(signal, async (client) => {
    await client.query('begin')
    for (const { sessions: _, ...mending } of mendings) await logRemediation(client, { ...mending, kind: 'gap', timespan: dataset.window, occurrences: 1, runId, beganAt })
    await client.query('commit')
  })
}

/** Dates told as such that are loaded since, or have more bars of providers. */
async function filledDates({ db }: Runtime, { gaps: { dataset } }: FillRequest, before: Gaps, after: Gaps, { action, provider }: Step): Promise<Mending[]> {
  const wholes = before.unloaded.filter(({ isWhole }) => isWhole)
  if (wholes.length === 0) return []
  const loaded = await loadedDays(db.pool, dataset.name, before.range)
  const stillOpen = new Map(after.unloaded.map((each) => [each.date, each]))
  return wholes.flatMap(({ date, lacking, bars }): Mending[] => {
    const [left, day] = [stillOpen.get(date), loaded.get(date)]
    const now = day ? { loaded: true, bars: day.rowCount } : left && left.bars > bars ? { loaded: false, bars: left.bars, lacking: left.lacking } : undefined
    if (now === undefined) return []
    return [{
      security: null, dates: { start: date, end: date }, sessions: 1, provider: day ? provider : null, action, state: 'resolved', before: { loaded: false, bars, lacking }, after: now,
      message: day ? 'its file was loaded' : 'providers gave bars where no file has spoken',
    }]
  })
}

/** The sessions of a gap that were lacking and are not any more. */
function closedSince(gap: Gap, before: Gaps, after: Gaps): IsoDate[] {
  return sessionsIn(before, gap).filter((date) => before.pairs.lacking.hasOn(gap.symbolId, date) && !after.pairs.lacking.hasOn(gap.symbolId, date))
}

/** What a step has filled, as the bars tell that are there now. */
export async function filledBy(runtime: Runtime, request: FillRequest, before: Gaps, after: Gaps, step: Step): Promise<Mending[]> {
  const gaps = before.gaps.filter(({ reason }) => !NOT_EXPECTED.has(reason)).map((gap) => ({ gap, dates: closedSince(gap, before, after) })).filter(({ dates }) => dates.length > 0)
  const there = new Map<string, string | null>()
  const pairs = gaps.flatMap(({ gap: { symbolId }, dates }) => dates.map((date) => ({ symbolId, date })))
  for (const { symbolId, date, filledBy } of pairs.length === 0 ? [] : await barsThere(runtime.db.pool, request.gaps.dataset, pairs)) there.set(`${symbolId} ${date}`, filledBy)
  const mendings = gaps.flatMap(({ gap, dates }): Mending[] => {
    const { symbolId, symbol, reason } = gap
    const present = dates.filter((date) => there.has(`${symbolId} ${date}`))
    const givers = new Set(present.map((date) => there.get(`${symbolId} ${date}`) ?? null))
    return [...givers].flatMap((giver) => {
      const given = new Set(present.filter((date) => there.get(`${symbolId} ${date}`) === giver))
      return rangesOf(before, given, 0).map((range): Mending => {
        const sessions = sessionsIn(before, range).length
        return {
          security: { symbolId, symbol }, dates: range, sessions, provider: giver ?? step.provider, action: step.action, state: 'resolved', before: { reason, lacking: sessions }, after: { bars: sessions, filled_by: giver },
          message: giver === null ? 'the file of the date has it' : `${giver} has it, and no file has spoken`,
        }
      })
    })
  })
  return [...(await filledDates(runtime, request, before, after, step)), ...mendings]
}
