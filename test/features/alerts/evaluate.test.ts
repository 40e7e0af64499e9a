import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Mute } from '../../../lib/features/alerts/mute.js'
import type { Trouble } from '../../../lib/features/alerts/trouble.js'
import { DAY, HOUR, late, Memory, minute, missing, news, silent, troubleOf } from '../../helpers/troubles.js'

/** A look: at which minute, what was found, what people are told. */
type Row = [at: number, found: Trouble[], told: string[]]

const MONDAY = '2026-03-02'
const TUESDAY = '2026-03-03'
const ofMonday = `dates day_aggs ${MONDAY}`
const ofTuesday = `dates day_aggs ${TUESDAY}`
const used = (severity: Trouble['severity']): Trouble => troubleOf('quota massive', [''], { severity })
const lacking = (severity: Trouble['severity']): Trouble => troubleOf('gaps', ['AAA'], { severity })
const muteOf = (until: Date, of: Partial<Mute>): Mute => ({ muteId: 1, alertId: null, kind: null, dataset: null, symbol: null, provider: null, until, ...of })

const SITUATIONS: Record<string, Row[]> = {
  'nothing is wrong, nobody is told anything': [[0, [], []], [10, [], []], [DAY, [], []]],
  'a date that is late is told once, and once that it has come: at the second look that finds it well, five minutes later at least': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [10, [late(MONDAY)], []], [20, [], []], [24, [], []], [25, [], [`cleared ${ofMonday}`]], [35, [], []],
  ],
  'one good look between bad ones is no recovery': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [10, [], []], [20, [late(MONDAY)], []], [30, [], []], [40, [], [`cleared ${ofMonday}`]],
  ],
  'what comes back within an hour is the same incident, and the more often it does, the longer it must be gone': [
    [0, [silent('massive')], ['opened provider massive']], [10, [], []], [20, [], ['cleared provider massive']],
    [80, [silent('massive')], ['reopened provider massive']], [90, [], []], [100, [], []], [105, [], ['cleared provider massive']],
    [110, [silent('massive')], ['reopened provider massive']], [120, [], []], [160, [], []], [165, [], ['cleared provider massive']],
  ],
  'what comes back later is another incident': [
    [0, [silent('massive')], ['opened provider massive']], [10, [], []], [20, [], ['cleared provider massive']], [81, [silent('massive')], ['opened provider massive']],
  ],
  'what comes and goes at every look is told once': [
    [0, [silent('massive')], ['opened provider massive']], [10, [], []], [20, [silent('massive')], []], [30, [], []], [40, [silent('massive')], []], [50, [], []],
  ],
  'what is late and then missing is told again, once, when it becomes critical': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [10, [missing(MONDAY)], [`escalated ${ofMonday}`]], [20, [late(MONDAY)], []], [30, [missing(MONDAY)], []],
    [40, [], []], [50, [], [`cleared ${ofMonday}`]],
  ],
  'what begins critical does not become it': [[0, [missing(MONDAY)], [`opened ${ofMonday}`]], [10, [missing(MONDAY)], []]],
  'three dates missing at the first look are one incident, over when the last of them has come': [
    [0, [missing('2026-02-26', '2026-02-27', MONDAY)], ['opened dates day_aggs 2026-02-26']], [10, [missing('2026-02-27')], []], [20, [], []], [30, [], ['cleared dates day_aggs 2026-02-26']],
  ],
  'the next date that is missing is an incident of its own': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [DAY - 10, [late(MONDAY, TUESDAY)], [`opened ${ofTuesday}`]], [DAY - 5, [late(TUESDAY)], []], [DAY, [late(TUESDAY)], [`cleared ${ofMonday}`]],
  ],
  'one that is late beside one that is missing keeps its own words and its own weight': [
    [0, [late(MONDAY), missing('2026-02-27')], [`opened ${ofMonday}`, 'opened dates day_aggs 2026-02-27']], [10, [late(MONDAY), missing('2026-02-27')], []],
  ],
  'two things at once are two incidents': [
    [0, [late(MONDAY), silent('massive')], [`opened ${ofMonday}`, 'opened provider massive']], [10, [late(MONDAY)], []], [20, [late(MONDAY)], ['cleared provider massive']],
  ],
  'news is told once, and that it is over never': [
    [0, [news('AAA')], ['opened symbols new AAA']], [10, [news('AAA')], []], [20, [news('AAA', 'BBB')], ['opened symbols new BBB']], [30, [], []], [40, [news('AAA')], []],
    [20 * DAY, [news('AAA')], []], [40 * DAY, [news('AAA')], ['opened symbols new AAA']],
  ],
  'what was news and is wrong now is told as that; what was wrong and is news now is over, and told as news unless it was': [
    [0, [used('info')], ['opened quota massive']], [10, [used('warning')], ['opened quota massive']], [20, [used('info')], []], [30, [used('info')], ['cleared quota massive']],
    [40, [lacking('warning')], ['opened gaps AAA']], [50, [lacking('info')], []], [60, [lacking('info')], ['cleared gaps AAA', 'opened gaps AAA']], [70, [lacking('info')], []],
  ],
  'nobody is reminded of news': [[0, [news('AAA')], ['opened symbols new AAA']], [DAY, [], []], [2 * DAY, [news('AAA')], []]],
  'what goes on is told again once a day, all of it in one notice': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [HOUR, [late(MONDAY), silent('massive')], ['opened provider massive']], [DAY - 10, [late(MONDAY), silent('massive')], []],
    [DAY, [late(MONDAY), silent('massive')], [`reminder of ${ofMonday}, provider massive`]], [DAY + 10, [late(MONDAY), silent('massive')], []],
    [2 * DAY - 10, [late(MONDAY), silent('massive')], []], [2 * DAY, [late(MONDAY), silent('massive')], [`reminder of ${ofMonday}, provider massive`]],
  ],
  'what was told otherwise within the day needs no reminder': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [HOUR, [missing(MONDAY)], [`escalated ${ofMonday}`]], [DAY, [missing(MONDAY)], []], [DAY + HOUR, [missing(MONDAY)], [`reminder of ${ofMonday}`]],
  ],
  'a clock that is set back two hours tells nothing twice, and loses nothing': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [-2 * HOUR, [late(MONDAY)], []], [-110, [late(MONDAY), silent('massive')], ['opened provider massive']], [-100, [], []],
    [-90, [], [`cleared ${ofMonday}`, 'cleared provider massive']],
  ],
  'a clock that is set back while something is held down begins to wait anew': [
    [0, [late(MONDAY)], [`opened ${ofMonday}`]], [10, [], []], [-DAY, [], []], [-DAY + 5, [], [`cleared ${ofMonday}`]],
  ],
  'after a clock was a year ahead people are still reminded': [
    [365 * DAY, [late(MONDAY)], [`opened ${ofMonday}`]], [0, [late(MONDAY)], [`reminder of ${ofMonday}`]], [10, [late(MONDAY)], []],
  ],
  'a look a week late is as good as one in time': [[0, [late(MONDAY)], [`opened ${ofMonday}`]], [10, [], []], [7 * DAY, [], [`cleared ${ofMonday}`]]],
  'nobody knows of the words before a topic that begins alike': [[0, [troubleOf('quality AAPL'), troubleOf('quality', ['A'])], ['opened quality AAPL', 'opened quality A']]],
}

for (const [name, rows] of Object.entries(SITUATIONS)) {
  await t.test(name, async (t) => {
    const memory = new Memory()
    for (const [at, found, told] of rows) {
      t.same(memory.look(minute(at), ...found), told, `minute ${at}`)
      t.same(memory.look(minute(at), ...found), [], 'the same look again tells nothing more')
      t.equal(new Set(memory.open).size, memory.open.length, 'one open incident each')
      t.ok(memory.incidents.every(({ openedAt, seenAt, clearedAt }) => seenAt >= openedAt && (clearedAt === null || clearedAt >= openedAt)), 'no time is negative')
    }
  })
}

await t.test('an incident says what is the matter now, of its own parts only', async (t) => {
  const memory = new Memory()
  memory.look(minute(0), late(MONDAY))
  memory.look(minute(10), late(MONDAY, TUESDAY))
  t.same(memory.incidents.map(({ parts, summary, details }) => [parts, summary, details.dates]), [
    [[MONDAY], `dates day_aggs ${MONDAY}`, [MONDAY]], [[TUESDAY], `dates day_aggs ${TUESDAY}`, [TUESDAY]],
  ])
  memory.look(minute(20), missing(MONDAY))
  t.match(memory.incidents, [{ kind: 'missing', severity: 'critical', seenAt: minute(20), goodSince: null }, { kind: 'stale', seenAt: minute(10), goodSince: minute(20) }])
  t.match(memory.incidents[0], { openedAt: minute(0), clearedAt: null, flaps: 0 })
})

await t.test('of the troubles that an incident is of the worst has the word', async (t) => {
  const memory = new Memory()
  memory.look(minute(0), late(MONDAY, TUESDAY))
  t.same(memory.look(minute(10), late(MONDAY), missing(TUESDAY)), ['escalated dates day_aggs 2026-03-02'])
  t.match(memory.incidents, [{ kind: 'missing', details: { dates: [TUESDAY] }, parts: [MONDAY, TUESDAY] }])
})

await t.test('a date that is no longer looked at is over, and nobody says that it has come', async (t) => {
  const memory = new Memory()
  const bad = troubleOf('quality day_aggs', [MONDAY], { kind: 'quality', dataset: 'day_aggs', details: { dates: [MONDAY] } })
  memory.look(minute(0), late(MONDAY), late(TUESDAY), bad, { ...bad, topic: 'checksums day_aggs', kind: 'checksum' })
  memory.watchedFrom = new Map([['day_aggs', isoDate(TUESDAY)]])
  memory.look(minute(10))
  t.same(memory.look(minute(20)), [`cleared ${ofMonday}`, `cleared ${ofTuesday}`, `cleared quality day_aggs ${MONDAY}`, `cleared checksums day_aggs ${MONDAY}`])
  t.same(memory.incidents.map(({ details }) => details.unwatched), [true, undefined, true, undefined], 'old bars are looked at as well, once somebody verifies them')
})

await t.test('nobody is told of what is muted, whatever becomes of it', async (t) => {
  const memory = new Memory()
  memory.mutes = [muteOf(minute(DAY), { dataset: 'day_aggs' })]
  t.same(memory.look(minute(0), late(MONDAY), silent('massive')), ['opened provider massive'], 'other things are told')
  t.same(memory.look(minute(10), missing(MONDAY)), [])
  t.same(memory.open, ['provider massive', ofMonday].toReversed(), 'it is looked for all the same')
  t.same(memory.look(minute(20)), ['cleared provider massive'])
  t.same([memory.look(minute(25)), memory.open], [[], []], 'nobody hears that something is over who did not hear of it')
})

await t.test('when a mute ends, what still is and was not told is told then', async (t) => {
  const memory = new Memory()
  memory.mutes = [muteOf(minute(60), { kind: 'stale' })]
  t.same(memory.look(minute(0), late(MONDAY)), [])
  t.same(memory.look(minute(59), late(MONDAY)), [])
  t.same(memory.look(minute(60), late(MONDAY)), [`opened ${ofMonday}`])
  memory.mutes = [muteOf(minute(90), { alertId: 1 })]
  t.same(memory.look(minute(70), missing(MONDAY)), [], 'that it became worse')
  t.same(memory.look(minute(90), missing(MONDAY)), [`escalated ${ofMonday}`], 'is made up for, too')
})

await t.test('what is over, or seems to be, when a mute ends is not told', async (t) => {
  const memory = new Memory()
  memory.mutes = [muteOf(minute(25), { kind: 'stale' })]
  memory.look(minute(0), late(MONDAY))
  t.same(memory.look(minute(20)), [])
  t.same(memory.look(minute(26)), [])
  t.same(memory.open, [])
})

await t.test('what came back while it was muted is told as back when the mute ends', async (t) => {
  const memory = new Memory()
  memory.look(minute(0), silent('massive'))
  memory.look(minute(10))
  t.same(memory.look(minute(20)), ['cleared provider massive'])
  memory.mutes = [muteOf(minute(60), { provider: 'massive' })]
  t.same(memory.look(minute(30), silent('massive')), [])
  t.same(memory.look(minute(60), silent('massive')), ['reopened provider massive'])
})

await t.test('a mute is of what agrees with all that it says', async (t) => {
  const memory = new Memory()
  memory.mutes = [muteOf(minute(DAY), { kind: 'provider', provider: 'yahoo' })]
  t.same(memory.look(minute(0), silent('massive'), silent('yahoo'), troubleOf('quota yahoo', [''], { kind: 'quota', provider: 'yahoo' })), ['opened provider massive', 'opened quota yahoo'])
})

await t.test('nobody is reminded of what is muted or looked after, but hears when it becomes worse and when it is over', async (t) => {
  const memory = new Memory()
  memory.look(minute(0), late(MONDAY), silent('massive'), silent('yahoo'))
  memory.incidents[0] = { ...memory.incidents[0]!, acknowledgedAt: minute(5), acknowledgedBy: 'anna' }
  memory.mutes = [muteOf(minute(3 * DAY), { provider: 'yahoo' })]
  t.same(memory.look(minute(DAY), late(MONDAY), silent('massive'), silent('yahoo')), ['reminder of provider massive'])
  t.same(memory.look(minute(DAY + 10), missing(MONDAY), silent('yahoo')), [`escalated ${ofMonday}`])
  t.same(memory.look(minute(DAY + 20), silent('yahoo')), ['cleared provider massive'])
  t.same(memory.look(minute(DAY + 30), silent('yahoo')), [`cleared ${ofMonday}`])
  t.match(memory.incidents[0], { acknowledgedBy: 'anna' })
})
