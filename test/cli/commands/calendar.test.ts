import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import pg from 'pg'
import t, { type Test } from 'tap'
import yargs from 'yargs'
import { calendar } from '../../../lib/cli/commands/calendar/group.js'
import { freshDatabase } from '../../helpers/database.js'
import { runCommand, type Answer, type Situation } from '../../helpers/run-command.js'

/** Runs `calendar ...` where no database is set and none was ever made: asking for one would fail. */
function look(t: Test, line: string, situation: Partial<Situation> = {}): Promise<Answer> {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 })
  return runCommand(calendar, ['calendar', ...line.split(' ').filter(Boolean)], { pool, settings: { home: path.join(t.testdir(), 'home') }, ...situation })
}

/** Runs `calendar ...` with the database of the test. */
async function withDatabase(t: Test): Promise<(...line: string[]) => Promise<Answer>> {
  const { pool, url } = await freshDatabase(t)
  return (...line) => runCommand(calendar, ['calendar', ...line], { pool, env: { DATABASE_URL: url }, now: '2026-11-21T12:00:00Z' })
}

const NOVEMBER = `New York Stock Exchange (XNYS), 2016-11-01 to 2016-11-30

   November 2016
Su Mo Tu We Th Fr Sa
       1  2  3  4  5
 6  7  8  9 10 11 12
13 14 15 16 17 18 19
20 21 22 23 24x25*26
27 28 29 30

   date            session       reason
x  Thu 2016-11-24  closed        Thanksgiving Day
*  Fri 2016-11-25  closes 13:00  Day after Thanksgiving

21 sessions, 1 of them closing early; 1 weekday closed.
Regular hours 09:30-16:00 America/New_York: 13:30-20:00 UTC, 14:30-21:00 UTC from 2016-11-06.`

await t.test('a month shows closed days and early closes, named in a legend, and the day clocks change', async (t) => {
  t.equal((await look(t, '--start 2016-11-01 --end 2016-11-30')).text, NOVEMBER)
})

await t.test('days outside the range are dots', async (t) => {
  const { text } = await look(t, '--start 2016-11-23 --end 2016-11-28')
  t.match(text, '\n .  .  . 23 24x25*26\n27 28  .  .')
})

await t.test('the current month and the next two are shown, by the date in New York', async (t) => {
  const { text, json } = await look(t, '', { now: '2026-12-01T04:59:59Z' })
  t.match(text, /November 2026 +December 2026 +January 2027\n/)
  t.match(json, { start: '2026-11-01', end: '2027-01-31' })
  t.match((await look(t, '', { now: '2026-12-01T05:00:00Z' })).json, { start: '2026-12-01', end: '2027-02-28' })
})

await t.test('one end of a range brings the other, within what the calendar knows', async (t) => {
  t.match((await look(t, '--start 2017-03-15')).json, { start: '2017-03-15', end: '2017-05-31' })
  t.match((await look(t, '--end 2017-03-15')).json, { start: '2017-01-01', end: '2017-03-15' })
  t.match((await look(t, '--start 2036-12-01')).json, { end: '2036-12-31' })
  t.match((await look(t, '--end 1990-01-31')).json, { start: '1990-01-01' })
})

await t.test('months stand side by side as far as the terminal is wide', async (t) => {
  const widest = async (columns: number): Promise<number> => {
    const { text } = await look(t, '--start 2026-01-01 --end 2026-12-31', { columns })
    const lines = text.split('\n').filter((line) => line.startsWith('Su'))
    t.ok(lines.every((line) => line.length <= columns), `${columns} columns`)
    return (lines[0] ?? '').split('Su').length - 1
  }
  t.same([await widest(20), await widest(60), await widest(80), await widest(120), await widest(200)], [1, 2, 3, 4, 6])
})

await t.test('colour is used only where it is wanted, and changes no character', async (t) => {
  const { text } = await look(t, '--start 2016-11-01 --end 2016-11-30', { colour: true })
  t.match(text, '\u001b[1m\u001b[31m24x')
  t.match(text, '\u001b[1m\u001b[33m25*')
  t.equal(stripVTControlCharacters(text), NOVEMBER)
})

await t.test('JSON has sessions with UTC timestamps, closures and what the user keeps', async (t) => {
  const { json } = await look(t, '--start 2016-11-24 --end 2016-11-28')
  t.same(json, {
    exchange: 'XNYS', zone: 'America/New_York', start: '2016-11-24', end: '2016-11-28',
    sessions: [
      { date: '2016-11-25', open: '2016-11-25T14:30:00.000Z', close: '2016-11-25T18:00:00.000Z', early: true, reason: 'Day after Thanksgiving' },
      { date: '2016-11-28', open: '2016-11-28T14:30:00.000Z', close: '2016-11-28T21:00:00.000Z', early: false, reason: null },
    ],
    closures: [{ date: '2016-11-24', reason: 'Thanksgiving Day' }],
    overrides: [],
  })
})

await t.test('CSV has one row a weekday', async (t) => {
  t.equal((await look(t, '--start 2016-11-23 --end 2016-11-27 --csv')).csv, `date,status,open,close,reason
2016-11-23,open,2016-11-23T14:30:00.000Z,2016-11-23T21:00:00.000Z,
2016-11-24,closed,,,Thanksgiving Day
2016-11-25,early,2016-11-25T14:30:00.000Z,2016-11-25T18:00:00.000Z,Day after Thanksgiving
`)
})

await t.test('a late opening and a late close are told with their hours', async (t) => {
  t.match((await look(t, '--start 1996-01-08 --end 1996-01-08')).text, '*  Mon 1996-01-08  opens 11:00, closes 14:00  Snowstorm')
  t.match((await look(t, '--start 2009-07-02 --end 2009-07-02')).text, '+  Thu 2009-07-02  closes 16:15  System irregularities')
})

await t.test('another exchange has days of its own', async (t) => {
  t.match((await look(t, '--exchange XTSE --start 2026-07-01 --end 2026-07-03')).json, { exchange: 'XTSE', closures: [{ date: '2026-07-01', reason: 'Canada Day' }] })
  await t.rejects(look(t, '--exchange XLON'), /Choices: "XNYS", "XNAS", "XTSE"/)
})

await t.test('next and previous pass over weekends and closures', async (t) => {
  t.equal((await look(t, 'next 2016-11-23')).text, 'Fri 2016-11-25, 09:30-13:00 America/New_York (Day after Thanksgiving)')
  t.equal((await look(t, 'previous 2001-09-17')).text, 'Mon 2001-09-10, 09:30-16:00 America/New_York')
  t.match((await look(t, 'next', { now: '2026-11-21T04:00:00Z' })).json, { from: '2026-11-20', session: { date: '2026-11-23' } })
})

await t.test('is-open answers with the reason, and with the exit code only when asked to', async (t) => {
  t.match(await look(t, 'is-open 2016-11-24'), { exitCode: 0, text: 'closed: Thu 2016-11-24 (Thanksgiving Day)', json: { is_open: false, session: null, reason: 'Thanksgiving Day' } })
  t.match(await look(t, 'is-open 2016-11-24 --exit-code'), { exitCode: 3 })
  t.match(await look(t, 'is-open 2016-11-23 --exit-code'), { exitCode: 0, text: 'open: Wed 2016-11-23, 09:30-16:00 America/New_York', json: { is_open: true, reason: null } })
  t.match(await look(t, 'is-open 2016-11-26'), { text: 'closed: Sat 2016-11-26 (weekend)' })
  t.match(await look(t, 'is-open', { now: '2026-11-27T02:00:00Z' }), { json: { date: '2026-11-26', is_open: false } })
})

await t.test('dates that are none, ranges that are backwards or beyond the calendar are refused', async (t) => {
  await t.rejects(look(t, 'next 2016-02-30'), { code: 'DATE_INVALID', message: '"2016-02-30" is not a date' })
  await t.rejects(look(t, 'is-open 2037-01-02'), { code: 'CALENDAR_RANGE' })
  await t.rejects(look(t, '--start 2017-03-02 --end 2017-03-01'), { code: 'DATES_BACKWARDS' })
  await t.rejects(look(t, '--start 1989-12-01 --end 1990-01-31'), { code: 'CALENDAR_RANGE' })
  await t.rejects(look(t, '--start 2037-01-01'), { code: 'CALENDAR_RANGE' })
  await t.rejects(look(t, 'fortnight'), /Unknown argument: fortnight/)
})

await t.test('a closure is kept, seen everywhere, and forgotten again', async (t) => {
  const run = await withDatabase(t)
  t.match(await run('close', '2026-12-09', '--reason', ' Day of mourning '), { exitCode: 0, text: 'XNYS is closed on Wed 2026-12-09 (Day of mourning)', json: { is_open: false } })
  t.match((await run('--start', '2026-12-01', '--end', '2026-12-31')).text, 'x  Wed 2026-12-09  closed        Day of mourning (kept by you)')
  t.match((await run('next', '2026-12-08')).json, { session: { date: '2026-12-10' } })
  t.match((await run('next', '2026-12-08', '--built-in')).json, { session: { date: '2026-12-09' } })
  t.match((await run('is-open', '2026-12-09', '--exchange', 'XTSE')).json, { is_open: true }, 'of one exchange only')
  t.equal((await run('reopen', '2026-12-09')).text, 'XNYS is open on Wed 2026-12-09, 09:30-16:00 America/New_York')
  t.match((await run('--start', '2026-12-01', '--end', '2026-12-31')).json, { overrides: [] })
})

await t.test('what is kept for an alias is kept for the exchange whose days it keeps', async (t) => {
  const run = await withDatabase(t)
  t.equal((await run('close', '2026-12-09', '--reason', 'Day of mourning', '--exchange', 'XNAS')).text, 'XNYS is closed on Wed 2026-12-09 (Day of mourning)')
  for (const exchange of ['XNYS', 'XNAS']) t.match((await run('is-open', '2026-12-09', '--exchange', exchange)).json, { exchange: 'XNYS', is_open: false }, exchange)
  t.equal((await run('--start', '2026-12-01', '--end', '2026-12-31', '--exchange', 'XNAS')).text, (await run('--start', '2026-12-01', '--end', '2026-12-31')).text)
})

await t.test('an early close is kept, also in place of the one by rule, which comes back when it is forgotten', async (t) => {
  const run = await withDatabase(t)
  t.equal((await run('early', '2026-12-24', '--closes', '12:00', '--reason', 'Storm')).text, 'XNYS is open on Thu 2026-12-24, 09:30-12:00 America/New_York (Storm)')
  t.match((await run('--start', '2026-12-24', '--end', '2026-12-24')).json, { overrides: [{ date: '2026-12-24', kind: 'early', closes: '12:00', reason: 'Storm' }] })
  t.equal((await run('reopen', '2026-12-24')).text, 'XNYS is open on Thu 2026-12-24, 09:30-13:00 America/New_York (Christmas Eve)')
})

await t.test('a day the rules close opens only with a reason', async (t) => {
  const run = await withDatabase(t)
  await t.rejects(run('reopen', '2026-11-26'), { code: 'CALENDAR_REASON', message: 'XNYS keeps Thu 2026-11-26 by rule (Thanksgiving Day), so opening it needs a reason' })
  t.equal((await run('reopen', '2026-11-26', '--reason', 'Full day')).text, 'XNYS is open on Thu 2026-11-26, 09:30-16:00 America/New_York (Full day)')
  t.equal((await run('reopen', '2026-11-27', '--reason', 'Full day')).text, 'XNYS is open on Fri 2026-11-27, 09:30-16:00 America/New_York (Full day)')
  t.match((await run('reopen', '2026-11-26')).json, { is_open: false, reason: 'Thanksgiving Day' }, 'and is forgotten like any other')
})

await t.test('changes that make no sense are refused, and say what to do', async (t) => {
  const run = await withDatabase(t)
  await t.rejects(run('close', '2026-12-12', '--reason', 'x'), { code: 'CALENDAR_WEEKEND', message: 'Sat 2026-12-12 is a weekend, on which XNYS has no session to change' })
  await t.rejects(run('close', '2037-12-09', '--reason', 'x'), { code: 'CALENDAR_RANGE' })
  await t.rejects(run('close', '2026-11-26', '--reason', 'x'), { code: 'CALENDAR_ALREADY_CLOSED', message: 'XNYS is closed on Thu 2026-11-26 already (Thanksgiving Day)' })
  await t.rejects(run('close', '2026-12-09', '--reason', '  '), { code: 'CALENDAR_REASON' })
  await t.rejects(run('close', '2026-12-09'), /Missing required argument: reason/)
  await t.rejects(run('reopen', '2026-12-09'), { code: 'CALENDAR_REGULAR', message: 'Wed 2026-12-09 is a regular session of XNYS: there is nothing to reopen' })
  for (const closes of ['16:00', '09:30', '25:00', '1pm']) await t.rejects(run('early', '2026-12-09', '--closes', closes, '--reason', 'x'), { code: 'CALENDAR_CLOSES' }, closes)
  await t.rejects(run('early', '2026-12-25', '--closes', '13:00', '--reason', 'x'), { code: 'CALENDAR_ALREADY_CLOSED' })
  await run('close', '2026-12-09', '--reason', 'Snow')
  await t.rejects(run('close', '2026-12-09', '--reason', 'x'), { code: 'CALENDAR_ALREADY_CLOSED', hint: 'to change the closure you keep: ohlcv calendar reopen 2026-12-09' })
})

await t.test('what the user wrote reaches the terminal without control characters', async (t) => {
  const run = await withDatabase(t)
  t.equal((await run('close', '2026-12-09', '--reason', 'red \u001b[31malert')).text, 'XNYS is closed on Wed 2026-12-09 (red \\x1b[31malert)')
})

await t.test('the group prints a document of its own, its members theirs', async (t) => {
  const names: string[] = []
  const module = calendar(({ name }) => {
    names.push(name)
    return Promise.resolve()
  })
  await yargs(['calendar']).command(module).parseAsync()
  await yargs(['calendar', 'is-open', '2016-11-24']).command(module).parseAsync()
  t.same(names, ['ohlcv.calendar/1', 'ohlcv.calendar.is-open/1'])
})
