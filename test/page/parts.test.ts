import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { cellOf, countsOf, dateAt, indexAt, marksOf, pathOf, yearsOf } from '../../lib/page/map/cells.js'
import { COMPRESSION } from '../../lib/http/framework/rendered.js'
import { grouped } from '../../lib/page/panels/parts/formats.js'
import { closed, hrefOf, readPlace, searchOf } from '../../lib/page/place.js'
import { renderPage, type PageInput } from '../../lib/page/render.js'
import { assetRows, chosenAssets } from '../../lib/page/watched/chosen.js'
import { lagText, percentText, scoreText } from '../../lib/page/words.js'
import { CURRENT, EMPTY, SAMPLE, SAMPLE_NOW } from './sample-summary.js'

const ASSETS = path.join(PACKAGE_ROOT, 'dist/lib/page/assets')
/** Gzipped: the program, that with the page itself and its looks, and all that is ever loaded, the chart as well. */
const MAIN_BYTES = 35_000
const FIRST_BYTES = 48_000
const ALL_BYTES = 100_000

const input: PageInput = { summary: SAMPLE, place: readPlace(''), access: { access: 'everybody', name: null }, demo: false, now: SAMPLE_NOW }

await t.test('an address is what is shown, and what no page has is left out', async (t) => {
  const search = '?dataset=minute_aggs&year=2024&stale=1&gaps=1&type=ETF&universe=all&q=a+%26b&date=2024-02-29&asset=BRK.B&interval=day&alert=7'
  t.equal(searchOf(readPlace(search)), search, 'there and back')
  t.equal(searchOf(readPlace('?stale=yes&date=2024-02-30&year=1&universe=x&interval=second&view=secret&alert=x&__proto__=1&q=+')), '')
  t.equal(hrefOf(closed(readPlace('?q=a&date=2024-02-29&view=runs', '/admin/historical-data'))), '/?q=a')
  t.equal(readPlace('', '/etc/passwd').path, '/')
})

await t.test('a calendar is years of weeks: a date stands in the column of its week and the row of its weekday', async (t) => {
  // From Wednesday, 2024-12-25, to Friday, 2025-01-03.
  const [later, earlier, ...more] = yearsOf({ start: '2024-12-25', states: 'hLF  LMhLn' })
  t.same(more, [])
  t.same([later!.year, later!.states], [2025, 'hLn'])
  // 2024 had 366 days: the 25th of December is its 360th.
  t.same([earlier!.states.length, earlier!.states.slice(359)], [366, 'hLF  LM'])
  t.equal(dateAt(earlier!, 359), '2024-12-25')
  // The first of January 2024 was a Monday, so the 25th of December is in week 51 from 0, a Wednesday.
  t.same(cellOf(earlier!, 359), { column: 51, row: 2 })
  t.equal(indexAt(earlier!, 51, 2), 359)
  t.equal(indexAt(earlier!, 51, 5), undefined, 'a Saturday of which nothing is told')
  t.same(countsOf('hLF  LMhLn'), { L: 3, l: 0, t: 0, s: 0, M: 1, F: 1, n: 1, p: 0, h: 2 })
})

await t.test('neighbours of a week are one cell of a path, others have shapes and marks of their own', async (t) => {
  // 2018 began on a Monday: two loaded, one failed; the second week one loaded, one thin.
  const year = { year: 2018, states: 'LLF    Lt' }
  t.equal(pathOf(year, 'L'), 'M0 0h9v19h-9zm10 0h9v9h-9z')
  t.equal(pathOf(year, 't'), 'M10 10m0 6h9v3h-9z')
  // The first two Wednesdays and the Thursday between: one step to the right and back up.
  t.equal(pathOf({ year: 2018, states: '  h      hh' }, 'h'), 'M0 20m3.5 3.5h2v2h-2zm10 0h2v2h-2zm0 10h2v2h-2z')
  t.equal(marksOf(year, 'F'), 'M0 20m2.5 2.5l4 4m0-4l-4 4')
  t.equal(marksOf(year, 'L') + pathOf(year, 'M'), '')
})

await t.test('a volume is told in groups of three digits, to its last one', async (t) => {
  t.same(['999', '1000', '68488386', '1234.56789', '0.123456'].map(grouped), ['999', '1,000', '68,488,386', '1,234.56789', '0.123456'])
})

await t.test('filters leave what all of them leave, and what is left goes into files', async (t) => {
  const of = (search: string) => chosenAssets(SAMPLE.assets, readPlace(search)).map(({ asset }) => asset)
  t.same(of('?stale=1'), ['NVDA'])
  t.same(of('?type=ETF&gaps=1'), ['QQQ'])
  t.same(of('?q=APPLE'), ['AAPL'])
  t.same(of('?q=brk'), ['BRK.B'])
  t.equal(of('').length, 10)
  const [head, row, ...more] = assetRows(chosenAssets(SAMPLE.assets, readPlace('?q=NVDA')))
  t.same([head!.length, more.length], [row!.length, 0])
  t.match(Object.fromEntries(head!.map((name, at) => [name, row![at]])), { asset: 'NVDA', latest: '2026-11-13', lag_minutes: 12_312, stale: 'true', vendor_state: 'ok', last_alert: 'NVDA has no bar since 2026-11-13' })
})

await t.test('shares and scores are never told as more than they are', async (t) => {
  t.equal(percentText(99.999), '99.99 %')
  t.equal(percentText(100), '100 %')
  t.equal(percentText(97.5), '97.5 %')
  t.equal(scoreText(0.9999), '0.999')
  t.equal(lagText(4872), '3 d 9 h behind')
  t.equal(lagText(0), 'current')
})

await t.test('the page is HTML of text only: names stay names, and no style or script stands in it', async (t) => {
  const page = renderPage(input)
  t.notMatch(page, '<script>alert')
  t.match(page, 'Microsoft &lt;script>alert(1)&lt;/script>')
  t.notMatch(page, / style=|<style| on[a-z]+="/)
  t.same([...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag), ['<script type="module" src="/assets/page.js">', '<script type="application/json" id="data">'])
  const [, data] = /id="data">(.*?)<\/script>/s.exec(page)!
  t.same(JSON.parse(data!), { summary: SAMPLE, access: input.access, demo: false, now: SAMPLE_NOW.toISOString() }, 'what it is made of comes along, once')
  t.match(page, /<a href="\/\?alert=7">Alert 7<\/a> <span>NVDA has no bar since 2026-11-13<\/span><small>stale · since 2026-11-18 16:00 · 3 d 9 h late<\/small>/)
  t.match(page, /not delivered<\/span> <b>mail<\/b> <small>2 notices since 2026-11-21 23:50 · CHANNEL_UNREACHABLE/)
  t.match(renderPage({ ...input, summary: CURRENT }), /none open[^]*cleared[^]*until 2026-11-22 01:11/)
  t.match(renderPage({ ...input, summary: null }), 'Loading what there is')
  t.match(renderPage({ ...input, summary: EMPTY }), 'Nothing is loaded yet')
  t.match(renderPage({ ...input, demo: true }), 'demo: made-up data')
  t.match(renderPage({ ...input, place: readPlace(`?year=${isoDate('2026-01-01').slice(0, 4)}`) }), 'Tuesday 2026-11-17: failed')
})

await t.test('old data are told as old also where the service answers, and a dead checker makes the page red', async (t) => {
  const old = renderPage({ ...input, summary: { ...CURRENT, as_of: '2026-11-22T01:00:00.000Z' } })
  t.match(old, 'Data as of 2026-11-22 01:00 UTC, 12 min old')
  t.match(old, /<section class="verdict verdict-quiet".*Last known: .*Everything is current/)
  const dead = renderPage({ ...input, summary: { ...CURRENT, checker: { checked_at: '2026-11-22T00:20:00.000Z', late: true } } })
  t.match(dead, /<section class="verdict verdict-bad".*Nothing has checked for 52 min/)
  t.match(renderPage({ ...input, summary: CURRENT }), /<section class="verdict verdict-good".*<h1 id="verdict-title"><span>Everything is current/)
})

await t.test('all of it is small on the wire', async (t) => {
  // As the service sends them: its files are compressed as hard as can be.
  const bytesOf = (wanted: RegExp) => readdirSync(ASSETS).filter((name) => wanted.test(name)).reduce((sum, name) => sum + gzipSync(readFileSync(path.join(ASSETS, name)), { ...COMPRESSION, level: 9 }).length, 0)
  const main = bytesOf(/^page\.js$/)
  t.ok(main > 0 && main < MAIN_BYTES, `program ${main}`)
  const page = gzipSync(renderPage(input), COMPRESSION).length
  const first = main + bytesOf(/\.css$/) + page
  t.ok(first < FIRST_BYTES, `first ${first}`)
  const all = bytesOf(/\.(js|css)$/) + page
  t.ok(all < ALL_BYTES, `all ${all}`)
})
