import pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import type { Failpoint } from '../../lib/domain/failpoint.js'
import { ChannelError } from '../../lib/features/alerts/channel.js'
import { incidentById, listIncidents } from '../../lib/features/alerts/list.js'
import { acknowledge, endMute, mute } from '../../lib/features/alerts/silence.js'
import type { Trouble } from '../../lib/features/alerts/trouble.js'
import { writeNotice } from '../../lib/features/alerts/write-notice.js'
import { createPool } from '../../lib/postgres/connect.js'
import { lastCheck } from '../../lib/store/alerts/check.js'
import { mutesAt } from '../../lib/store/alerts/mutes.js'
import { TestChannel, Watch } from '../helpers/alerts.js'
import { linesOf } from '../helpers/content.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { DAY, HOUR, late, minute, missing, news, silent, troubleOf } from '../helpers/troubles.js'

const MONDAY = '2026-03-02'
const TUESDAY = '2026-03-03'
const { url, pool } = await freshDatabase(t)
const down = new ChannelError('CHANNEL_DOWN', 'nobody answers')
const deliveries = () => linesOf(pool, 'select event, channel, tries, sent_at is not null as sent, given_up_at is not null as given_up, code from notices join deliveries using (notice_id)')
const written = () => linesOf(pool, 'select cause, cleared_at from alerts union all select event, created_at from notices union all select channel, sent_at from deliveries')

async function inDatabase(name: string, work: (t: Test) => Promise<void>): Promise<void> {
  await t.test(name, async (t) => {
    await empty(pool)
    await work(t)
  })
}

/** Ends all other connections to the database. */
const breakConnections = () => pool.query('select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()')

/** A watch on connections of its own, which break at a step, so many times. */
function watchThatBreaks(t: Test, at: Failpoint, times: number): Watch {
  const own = createPool({ connectionString: url }, pino({ enabled: false }))
  t.teardown(() => own.end())
  let left = times
  return new Watch(own, undefined, {
    failpoint: async (reached) => {
      if (reached === at && left-- > 0) await breakConnections()
    },
  })
}

await inDatabase('the first look at an empty database finds nothing, tells nobody, and is noted', async (t) => {
  const watch = new Watch(pool)
  t.same(await watch.at(0), [])
  t.match(await lastCheck(pool), { checkedAt: minute(0), troubles: 0 })
  t.same(await written(), [])
})

await inDatabase('an incident is written with its notice, sent by every channel, and both go on with its end', async (t) => {
  const watch = new Watch(pool)
  const slack = new TestChannel('slack')
  watch.channels.push(slack)
  t.same(await watch.at(0, missing(MONDAY, TUESDAY), silent('massive')), [`opened dates day_aggs ${MONDAY}, ${TUESDAY}`, 'opened provider massive'])
  t.same(await watch.at(10, missing(MONDAY)), [])
  t.same(await watch.at(20), ['cleared provider massive'])
  t.same(await watch.at(30), [`cleared dates day_aggs ${MONDAY}`])
  t.same(slack.lines, watch.mail.lines)
  const [opened, , , cleared] = watch.mail.sent
  t.match(opened, { event: 'opened', replyTo: null, at: minute(0).toISOString(), incidents: [{ alertId: 1, kind: 'missing', severity: 'critical', hint: 'look', dataset: 'day_aggs', openedAt: minute(0).toISOString(), clearedAt: null }] })
  t.match(cleared, { event: 'cleared', replyTo: opened!.messageId, incidents: [{ alertId: 1, clearedAt: minute(30).toISOString() }] })
  t.equal(new Set(watch.mail.sent.map(({ messageId }) => messageId)).size, 4)
  t.match(await incidentById(pool, 1), {
    cause: `dates day_aggs ${MONDAY}`, parts: [MONDAY, TUESDAY], openedAt: minute(0), seenAt: minute(10), goodSince: minute(20), clearedAt: minute(30),
    notices: [{ event: 'opened', deliveries: [{ channel: 'mail', tries: 1, sentAt: minute(0) }, { channel: 'slack' }] }, { event: 'cleared' }],
  })
})

await inDatabase('what was told, reminded, muted and worse is remembered from look to look', async (t) => {
  const watch = new Watch(pool)
  await watch.at(0, late(MONDAY), silent('massive'), news('AAA'))
  t.same(await watch.at(DAY, missing(MONDAY), silent('massive'), news('AAA')), [`escalated dates day_aggs ${MONDAY}`, 'reminder provider massive'])
  t.same(await watch.at(DAY + HOUR, missing(MONDAY), silent('massive')), [])
  t.same(await watch.at(2 * DAY, late(MONDAY), silent('massive')), [`reminder dates day_aggs ${MONDAY} + provider massive`])
  t.same(await watch.at(2 * DAY + HOUR, missing(MONDAY)), [], 'one that was called critical is not told as that again')
  t.same(await watch.at(2 * DAY + 2 * HOUR, missing(MONDAY)), ['cleared provider massive'])
  t.same(await watch.at(2 * DAY + 150, missing(MONDAY), silent('massive')), ['reopened provider massive'])
  t.equal((await incidentById(pool, 2)).flaps, 1)
  t.same((await incidentById(pool, 2)).notices.map(({ event }) => event), ['opened', 'reminder', 'reminder', 'cleared', 'reopened'])
})

await inDatabase('two monitors at once tell everything once', async (t) => {
  const [one, two] = [new Watch(pool), new Watch(pool)]
  const both = async (at: number, ...troubles: Trouble[]) => Promise.all([one.at(at, ...troubles), two.at(at, ...troubles)])
  await both(0, late(MONDAY), silent('massive'))
  await both(10)
  await both(20)
  t.same([...one.mail.lines, ...two.mail.lines].toSorted(), [`cleared dates day_aggs ${MONDAY}`, 'cleared provider massive', `opened dates day_aggs ${MONDAY}`, 'opened provider massive'])
})

await inDatabase('what one is sending another passes over, and the end of an incident waits for its beginning', async (t) => {
  const [one, two] = [new Watch(pool), new Watch(pool)]
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const send = one.mail.send
  one.mail.send = async (notice) => {
    await held
    return send(notice)
  }
  const sending = one.at(0, late(MONDAY))
  while ((await pool.query('select from deliveries')).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await two.at(10)
  t.same(await two.at(20), [], 'it is over, which waits')
  one.now = minute(20)
  letGo()
  await sending
  t.same(one.mail.lines, [`opened dates day_aggs ${MONDAY}`, `cleared dates day_aggs ${MONDAY}`], 'the one that sends goes on with what has come meanwhile')
  t.same(two.mail.lines, [])
})

await inDatabase('a channel that is down for a day holds up no other, is tried ever more rarely, and nothing is lost or sent twice', async (t) => {
  const watch = new Watch(pool)
  const slack = new TestChannel('slack')
  watch.channels.push(slack)
  watch.mail.fail = () => down
  t.same(await watch.at(0, late(MONDAY)), [])
  t.same(slack.lines, [`opened dates day_aggs ${MONDAY}`])
  t.same(await deliveries(), ['(opened,mail,1,f,f,CHANNEL_DOWN)', '(opened,slack,1,t,f,)'])
  for (let at = 10; at < DAY; at += at < 100 ? 10 : 20) await watch.at(at, ...(at < 12 * HOUR ? [late(MONDAY)] : []))
  // One, two, four ... minutes after each try, at the next look: at minutes 0, 10, 20, 30, 40, 60, 100, and from there on every hour, up to minute 1420.
  t.equal(watch.mail.tries, 7 + 22)
  watch.mail.fail = undefined
  t.same(await watch.at(DAY + HOUR), [`opened dates day_aggs ${MONDAY}`, `cleared dates day_aggs ${MONDAY}`])
  t.same(slack.lines, watch.mail.lines)
})

await inDatabase('a channel that asks to wait is given the time, one that refuses a notice for good is not asked again, and what is a week old is given up', async (t) => {
  const watch = new Watch(pool)
  watch.mail.fail = () => new ChannelError('CHANNEL_BUSY', 'later', { retryAfter: 2 * 3600 })
  await watch.at(0, silent('massive'))
  await watch.at(119, silent('massive'))
  t.equal(watch.mail.tries, 1)
  watch.mail.fail = () => new ChannelError('CHANNEL_REFUSED', 'never', { permanent: true })
  await watch.at(120, silent('massive'))
  t.same(await deliveries(), ['(opened,mail,2,f,t,CHANNEL_REFUSED)'])
  watch.mail.fail = () => new Error('the password is 12345')
  await watch.at(130, silent('massive'), silent('yahoo'))
  t.same(await deliveries(), ['(opened,mail,1,f,f,CHANNEL_FAILED)', '(opened,mail,2,f,t,CHANNEL_REFUSED)'])
  t.same((await pool.query('select message from deliveries where message like $1', ['%12345%'])).rows, [], 'what an unknown error says is not kept')
  const tries = watch.mail.tries
  await watch.at(131 + 7 * DAY)
  t.equal(watch.mail.tries, tries, 'it is not tried any more')
  t.match(await deliveries(), ['(opened,mail,1,f,t,CHANNEL_FAILED)', '(opened,mail,2,f,t,CHANNEL_REFUSED)'])
})

await inDatabase('a clock that was ahead does not keep notices from being sent', async (t) => {
  const watch = new Watch(pool)
  watch.mail.fail = () => down
  await watch.at(365 * DAY, silent('massive'))
  watch.mail.fail = undefined
  t.same(await watch.at(0, silent('massive')), ['opened provider massive', 'reminder provider massive'])
})

await inDatabase('a notice goes to the channels that take it, and that a channel fails to the others', async (t) => {
  const watch = new Watch(pool, new TestChannel('mail', ['reminder']))
  const slack = new TestChannel('slack')
  watch.channels.push(slack)
  await watch.at(0, troubleOf('undeliverable mail', [''], { kind: 'undeliverable' }))
  t.same([watch.mail.lines, slack.lines], [[], ['opened undeliverable mail']])
  await watch.at(DAY, troubleOf('undeliverable mail', [''], { kind: 'undeliverable' }), silent('massive'))
  t.same([watch.mail.lines, slack.lines.slice(1)], [['opened provider massive'], ['opened provider massive', 'reminder undeliverable mail']])
})

await inDatabase('what was told under a key is not told again', async (t) => {
  const { mail } = new Watch(pool)
  const report = { event: 'report' as const, incidents: [], report: { schema: 'x' }, dedupKey: 'report 2026-03-02 2026-03-02' }
  t.match(await writeNotice(pool, report, [mail], minute(0)), { event: 'report', report: { schema: 'x' }, replyTo: null })
  t.equal(await writeNotice(pool, report, [mail], minute(10)), undefined)
  t.equal((await deliveries()).length, 1)
})

await inDatabase('where the database is not there, the monitor says so', async (t) => {
  const gone = new pg.Pool({ host: '127.0.0.1', port: 1 })
  t.teardown(() => gone.end())
  const watch = new Watch(gone, undefined, { databaseWait: 0 })
  await t.rejects(watch.at(0, silent('massive')), { code: 'DATABASE_UNUSABLE' })
  t.equal(watch.mail.tries, 0)
})

await inDatabase('where the database goes away in the middle, nothing is half written; where it comes back soon, everything is, once', async (t) => {
  await t.rejects(watchThatBreaks(t, 'alerts-incident-written', Infinity).at(0, silent('massive')), { code: 'DATABASE_UNUSABLE' })
  t.same(await written(), [])
  t.equal(await lastCheck(pool), undefined)
  for (const at of ['alerts-incident-written', 'alerts-before-commit'] as const) {
    await empty(pool)
    t.same(await watchThatBreaks(t, at, 1).at(0, silent('massive'), late(MONDAY)), ['opened provider massive', `opened dates day_aggs ${MONDAY}`], at)
  }
})

await inDatabase('what was sent is marked as that even where its connection was lost meanwhile', async (t) => {
  const watch = watchThatBreaks(t, 'alerts-sent', 1)
  t.same(await watch.at(0, silent('massive')), ['opened provider massive'])
  t.same(await watch.at(10, silent('massive')), [])
  t.same(await deliveries(), ['(opened,mail,1,t,f,)'])
})

await inDatabase('where it cannot be judged how things are, nothing is written', async (t) => {
  const watch = new Watch(pool)
  await watch.at(0, silent('massive'))
  const before = await written()
  watch.find = () => {
    throw new Error('a rule is wrong')
  }
  await t.rejects(watch.at(10), { message: 'a rule is wrong' })
  t.same(await written(), before)
  t.match(await lastCheck(pool), { checkedAt: minute(0) }, 'and nobody says that it was looked')
})

await inDatabase('incidents are looked after, muted and listed', async (t) => {
  const watch = new Watch(pool)
  const { runtime } = watch
  const nothing = { alertId: null, kind: null, dataset: null, symbol: null, provider: null, reason: null, mutedBy: 'anna' }
  await watch.at(0, late(MONDAY), silent('massive'), silent('yahoo'))
  t.match(await acknowledge(runtime, 1, 'anna', 'asked the vendor'), { acknowledgedBy: 'anna', acknowledgedAt: minute(0), note: 'asked the vendor' })
  t.match(await acknowledge(runtime, 1, 'ben'), { acknowledgedBy: 'anna', note: 'asked the vendor' }, 'who was first stays')
  const { muteId } = await mute(runtime, { ...nothing, provider: 'massive', until: minute(2 * DAY) })
  t.same(await watch.at(DAY, late(MONDAY), silent('massive'), silent('yahoo')), ['reminder provider yahoo'])
  t.match(await mutesAt(pool, watch.now), [{ muteId, provider: 'massive', mutedBy: 'anna', until: minute(2 * DAY) }])
  await endMute(runtime, muteId)
  t.same(await mutesAt(pool, watch.now), [])
  await watch.at(DAY + 10, late(MONDAY), silent('massive'))
  await watch.at(DAY + 20, late(MONDAY), silent('massive'))
  const causes = async (...[filter, page = { before: null, limit: 10 }]: [Parameters<typeof listIncidents>[1], Parameters<typeof listIncidents>[2]?]) => (await listIncidents(pool, filter, page)).map(({ cause }) => cause)
  t.same(await causes({}), ['provider yahoo', 'provider massive', `dates day_aggs ${MONDAY}`])
  t.same(await causes({}, { before: 3, limit: 1 }), ['provider massive'])
  t.same(await causes({ state: 'open', kind: 'provider' }), ['provider massive'])
  t.same(await causes({ state: 'cleared' }), ['provider yahoo'])
  t.same(await causes({ dataset: 'day_aggs', severity: 'warning' }), [`dates day_aggs ${MONDAY}`])
  await t.rejects(acknowledge(runtime, 3, 'anna'), { code: 'ALERT_CLEARED' })
  await t.rejects(acknowledge(runtime, 4, 'anna'), { code: 'ALERT_UNKNOWN' })
  await t.rejects(mute(runtime, { ...nothing, until: minute(9 * DAY) }), { code: 'MUTE_OF_NOTHING' })
  await t.rejects(mute(runtime, { ...nothing, kind: 'stale', until: minute(0) }), { code: 'MUTE_OVER' })
  await t.rejects(mute(runtime, { ...nothing, alertId: 4, until: minute(9 * DAY) }), { code: 'ALERT_UNKNOWN' })
  await t.rejects(endMute(runtime, muteId), { code: 'MUTE_UNKNOWN' })
})
