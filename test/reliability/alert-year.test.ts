import t from 'tap'
import { addDays, isoDate, weekday } from '../../lib/domain/dates.js'
import { ALERT_FAILPOINTS, type Failpoint } from '../../lib/domain/failpoint.js'
import { ChannelError } from '../../lib/features/alerts/channel.js'
import type { Trouble } from '../../lib/features/alerts/trouble.js'
import { TestChannel, Watch } from '../helpers/alerts.js'
import { freshDatabase } from '../helpers/database.js'
import { Random } from '../helpers/random.js'
import { DAY, HOUR, late, minute, missing, news, silent } from '../helpers/troubles.js'

t.setTimeout(3_600_000)

/** Some days with a look every half hour in the suite; `make alerts` has a year with one every ten minutes, and another seed each time. */
const DAYS = Number(process.env['ALERTS_DAYS'] ?? 6)
const SEED = Number(process.env['ALERTS_SEED'] ?? 2)
const EVERY = DAYS > 30 ? 10 : 30

/** Something that is wrong from one minute to another; of the first day nothing is. */
interface Fault { cause: string; from: number; to: number; criticalFrom: number; trouble: (isCritical: boolean) => Trouble }

/** In a few days everything happens, in a year it does so as seldom as to leave days on which nothing may be told. */
const [LATE_FILES, LONGEST_PEACE] = DAYS > 30 ? [0.1, 20 * DAY] : [0.3, 4 * DAY]

/** Some sessions' files come late, some so late that they are missing first. */
function faultsOfFiles(random: Random): Fault[] {
  return Array.from({ length: DAYS }, (_, day) => ({ day, date: addDays(isoDate('2026-03-02'), day) }))
    .filter(({ date }) => ![0, 6].includes(weekday(date)) && random.chance(LATE_FILES))
    .map(({ day, date }) => {
      const from = (day + 1) * DAY + 5 * HOUR
      return { cause: `dates day_aggs ${date}`, from, to: from + HOUR + random.below(random.chance(0.5) ? 8 * HOUR : 3 * DAY), criticalFrom: from + DAY, trouble: (isCritical) => (isCritical ? missing(date) : late(date)) }
    })
}

/** A provider does not answer for minutes or hours, and again soon after at times. */
function faultsOfProviders(random: Random): Fault[] {
  return ['massive', 'yahoo'].flatMap((provider) => {
    const faults: Fault[] = []
    for (let at = DAY + random.below(2 * DAY); at < DAYS * DAY; at += random.below(random.chance(0.6) ? 3 * HOUR : LONGEST_PEACE)) {
      const from = at
      at += random.below(random.chance(0.7) ? HOUR : 2 * DAY)
      faults.push({ cause: `provider ${provider}`, from, to: at, criticalFrom: Infinity, trouble: () => silent(provider) })
    }
    return faults
  })
}

/** A symbol is new for five days. */
function newSymbols(random: Random): Fault[] {
  return Array.from({ length: Math.ceil(DAYS / 4) }, (_, index) => {
    const from = DAY + random.below((DAYS - 1) * DAY)
    return { cause: `symbols new N${index}`, from, to: from + 5 * DAY, criticalFrom: Infinity, trouble: () => news(`N${index}`) }
  })
}

const isNews = (cause: string): boolean => cause.startsWith('symbols')

/** Looks one after the other in which a cause is found, and the look after them; `worst`: the first that finds it critical. */
interface Stretch { first: number; worst: number | undefined; good: number }

function stretchesOf(faults: readonly Fault[], looks: readonly number[]): Stretch[] {
  const stretches: Stretch[] = []
  let running: Stretch | undefined
  for (const at of looks) {
    const fault = faults.find(({ from, to }) => from <= at && at < to)
    if (fault) {
      if (!running) stretches.push((running = { first: at, worst: undefined, good: Infinity }))
      if (running.worst === undefined && at >= fault.criticalFrom) running.worst = at
    } else if (running) {
      running.good = at
      running = undefined
    }
  }
  return stretches
}

/** What is to be told of a cause, from its stretches: the other way round than a look sees it, which knows no future. */
function toTellOf(cause: string, stretches: readonly Stretch[], looks: readonly number[]): [at: number, event: string, cause: string][] {
  if (isNews(cause)) return stretches.slice(0, 1).map(({ first }) => [first, 'opened', cause])
  const told: [number, string, string][] = []
  let [isOpen, isCritical, clearedAt, holds] = [false, false, -Infinity, 0]
  for (const [index, { first, worst, good }] of stretches.entries()) {
    if (!isOpen) {
      const isBack = first - clearedAt <= HOUR
      told.push([first, isBack ? 'reopened' : 'opened', cause])
      if (!isBack) isCritical = false
      holds = isBack ? holds + 1 : 0
      isOpen = true
      if (worst === first) isCritical = true
    }
    if (worst !== undefined && !isCritical) {
      told.push([worst, 'escalated', cause])
      isCritical = true
    }
    const end = looks.find((at) => at >= good + [5, 15, 45, 135][holds]! || at >= good + 6 * HOUR) ?? Infinity
    if (end < (stretches[index + 1]?.first ?? Infinity)) {
      told.push([end, 'cleared', cause])
      ;[isOpen, clearedAt] = [false, end]
    }
  }
  return told
}

/** With the reminders: of all that is open, once what was told of one that is found is a day old. */
function withReminders(told: readonly [number, string, string][], faults: readonly Fault[], looks: readonly number[]): string[] {
  const lines: string[] = []
  const open = new Map<string, number>()
  for (const at of looks) {
    const now = told.filter(([when]) => when === at)
    lines.push(...now.map(([, event, cause]) => `${at} ${event} ${cause}`).toSorted())
    const known = [...open.keys()].filter((cause) => !now.some(([, , one]) => one === cause))
    if (known.some((cause) => at - open.get(cause)! >= DAY && faults.some((fault) => fault.cause === cause && fault.from <= at && at < fault.to))) {
      lines.push(`${at} reminder ${known.toSorted().join(' + ')}`)
      for (const cause of known) open.set(cause, at)
    }
    for (const [, event, cause] of now) {
      if (event === 'cleared') open.delete(cause)
      else if (!isNews(cause)) open.set(cause, at)
    }
  }
  return lines
}

await t.test(`of ${DAYS} days with faults each is told once, when it is to be, and nothing else, though mail is down, monitors die and two look at once (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make alerts ALERTS_SEED=${SEED} ALERTS_DAYS=${DAYS}`)
  const random = new Random(SEED)
  const faults = [...faultsOfFiles(random), ...faultsOfProviders(random), ...newSymbols(random)]
  const { pool } = await freshDatabase(t)
  const mail = new TestChannel()
  let dying: { step: Failpoint; left: number } | undefined
  let [at, downUntil, awayUntil, taken] = [0, 0, 0, 0]
  const failpoint = (reached: Failpoint): void => {
    if (dying?.step === reached && --dying.left === 0) throw new Error(`died at ${reached}`)
  }
  const monitors = [new Watch(pool, mail, { failpoint }), new Watch(pool, mail, { failpoint })] as const
  for (const watch of monitors) {
    watch.find = () => {
      const now = faults.filter(({ from, to }) => from <= at && at < to)
      return [...new Set(now.map(({ cause }) => cause))].map((cause) => now.find((fault) => fault.cause === cause)!).map(({ trouble, criticalFrom }) => trouble(at >= criticalFrom))
    }
  }
  mail.fail = () => (at < downUntil || random.chance(0.02) ? new ChannelError('CHANNEL_DOWN', 'nobody answers') : undefined)

  const looks: number[] = []
  for (; at < DAYS * DAY; at += EVERY) {
    if (random.chance(EVERY / (5 * DAY))) downUntil = at + random.below(DAY)
    if (random.chance(EVERY / (3 * DAY))) awayUntil = at + random.below(6 * HOUR)
    if (at < awayUntil) continue
    for (const watch of monitors) watch.now = minute(at)
    dying = random.chance(0.1) ? { step: random.pick(ALERT_FAILPOINTS), left: 1 + random.below(2) } : undefined
    const both = dying === undefined && random.chance(0.1)
    try {
      await Promise.all(monitors.slice(0, both ? 2 : 1).map((watch) => watch.monitor()))
      looks.push(at)
    } catch (error) {
      const step = /^died at (.*)$/.exec((error as Error).message)?.[1]
      if (step === undefined) throw error
      if (step === 'alerts-sent') taken++
      if (!['alerts-incident-written', 'alerts-before-commit'].includes(step)) looks.push(at)
    }
  }

  const causes = [...new Set(faults.map(({ cause }) => cause))]
  const toTell = causes.flatMap((cause) => toTellOf(cause, stretchesOf(faults.filter((fault) => fault.cause === cause), looks), looks))
  const lines = (notices: readonly { event: string; at: string; incidents: readonly { summary: string }[] }[]) =>
    notices.map(({ event, at: when, incidents }) => `${(Date.parse(when) - minute(0).getTime()) / 60_000} ${event} ${incidents.map(({ summary }) => summary).toSorted().join(' + ')}`)
  const expected = withReminders(toTell, faults, looks).toSorted()
  const { rows: notices } = await pool.query<{ event: string; at: string; incidents: { summary: string }[] }>(`select event, document ->> 'at' as at, document -> 'incidents' as incidents from notices order by notice_id`)
  t.same(lines(notices).toSorted(), expected, 'what was written is what is to be told')
  for (const event of ['opened', 'escalated', 'reopened', 'cleared', 'reminder']) t.ok(expected.some((line) => line.includes(` ${event} `)), `${event} is among it`)

  dying = undefined
  downUntil = 0
  for (const watch of monitors) watch.find = () => []
  // What is not sent yet is, within some tries; the incidents that end meanwhile are told of as well.
  for (let more = 0; more < 20 * HOUR; more += HOUR) {
    at = DAYS * DAY + more
    await monitors[0].at(at)
  }
  const sent = new Map(mail.sent.map((notice) => [notice.messageId, notice]))
  const end = DAYS * DAY
  t.same(lines([...sent.values()]).filter((line) => Number(line.split(' ')[0]) < end).toSorted(), expected, 'each was sent')
  t.equal(mail.sent.length - sent.size, taken, 'and once, but for those that were taken when the monitor died')
  // What is over may be held down until the next day, and news waits for the next look.
  const troubled = (day: number): boolean => faults.some(({ cause, from, to }) => from < (day + 1) * DAY && (isNews(cause) ? from + DAY : to) > (day - 1) * DAY)
  const quiet = Array.from({ length: DAYS }, (_, day) => day).filter((day) => !troubled(day))
  t.ok(quiet.length >= DAYS / 10, 'there are such days')
  t.same(expected.filter((line) => quiet.includes(Math.floor(Number(line.split(' ')[0]) / DAY))), [], `nothing was told on ${quiet.length} days without trouble`)
  t.comment(`${looks.length} looks, ${expected.length} notices, ${taken} of them sent twice by the same name`)
})
