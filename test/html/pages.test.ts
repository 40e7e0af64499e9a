import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import t from 'tap'
import { noticeDocument } from '../../lib/documents/notice.js'
import { NOTICE_EVENTS } from '../../lib/features/alerts/notice.js'
import { html } from '../../lib/html/html.js'
import { noticePage } from '../../lib/html/notice.js'
import { reportPage } from '../../lib/html/report.js'
import type { DocumentOf } from '../../lib/documents/document.js'
import type { REPORT } from '../../lib/documents/report.js'
import { SECTIONS, type Figure, type Section, type Table } from '../../lib/documents/report/parts.js'
import { LATE, sampleNotice } from '../channels/sample-notices.js'

const CHROMIUM = '/usr/bin/chromium'
const NO_BROWSER = existsSync(CHROMIUM) ? false : `there is no browser at ${CHROMIUM}`
/** Mail clients cut a mail that is longer than 102 KB. */
const LONGEST_MAIL = 102 * 1024

const figure = (name: string, met: Figure['met'], goal: string | null): Figure => ({
  name, label: `Share of ${name}`, unit: 'percent', value: 99.8712, part: 998_712, whole: 1_000_000, text: '99.8712 % (998,712 of 1,000,000)',
  definition: 'What is counted, of what, and what is left out, in a sentence that takes a line or two.', goal, met,
})

const table = (name: string, columns: number, rows: number, leftOut: number): Table => ({
  name, title: `The worst of ${name}`, left_out: leftOut,
  columns: Array.from({ length: columns }, (_, at) => ({ name: `column_${at}`, title: at === 0 ? 'symbol' : `column ${at}`, align: at % 2 === 0 ? 'left' : 'right' })),
  rows: Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, at) => (at % 2 === 1 ? 1_234_567 * row : at === 4 ? null : row === 0 ? '<b onload="x">AT&T</b>' : 'words of some length'))),
})

const STATES = ['good', 'poor', 'bad', 'none'] as const

/** A report with as much in it as one has: every section, a chart of 31 bars, a table of nine columns, hostile text. */
function longReport(): DocumentOf<typeof REPORT> {
  const section = (name: Section['name'], at: number): Section => ({
    name, title: `Section ${name}`, figures: [figure(`${name} a`, true, 'over 99 %'), figure(`${name} b`, at % 2 === 0 ? false : null, 'under 0.1 %'), figure(`${name} c`, null, null)],
    charts: at > 0 ? [] : [{ name: 'coverage', title: 'Coverage', points: Array.from({ length: 31 }, (_, day) => ({ label: `2026-01-${String(day + 1).padStart(2, '0')}`, value: day % 4 === 3 ? null : day * 3.3, text: `${day * 3.3} %`, state: STATES[day % 4]! })) }],
    tables: [table(`${name} 1`, at === 0 ? 9 : 5, 7, 2345), table(`${name} 2`, 3, 2, 0)], notes: ['Advice: `ohlcv status --date 2026-01-02` says more, and so does a_long_name_without_any_space_that_a_table_of_the_database_could_have.'],
  })
  return { report_id: 7, start: '2026-01-01', end: '2026-01-31', made_at: '2026-02-01T00:00:00.000Z', since: null, goals: { met: 11, missed: 6, not_checked: 5 }, sections: SECTIONS.map(section) }
}

/** One browser for all pages. */
let browser: Promise<Browser> | undefined

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= import('playwright-core').then(({ chromium }) => chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }))
  return (await browser).newPage(options)
}
t.teardown(async () => (await browser)?.close())

await t.test('what stands in a template is text: no markup comes from outside', async (t) => {
  t.equal(html`<p title="${'"&\''}">${'<script>1 < 2</script>'}${[html`<b>${3}</b>`, null]}</p>`.text, '<p title="&quot;&amp;&#39;">&lt;script&gt;1 &lt; 2&lt;/script&gt;<b>3</b></p>')
  t.equal(html`${'a\0b\u202ec\nd'}`.text, 'a\ufffdb\ufffdc\nd')
})

await t.test('a page is one file without scripts or anything from elsewhere, small enough for a mail', async (t) => {
  const page = reportPage(longReport())
  t.notMatch(page, /<script|<link|<img|src=|href=|url\(|@import|onload="/i)
  t.match(page, '&lt;b onload=&quot;x&quot;&gt;AT&amp;T&lt;/b&gt;')
  t.match(page, '2,345 more left out.')
  t.ok(Buffer.byteLength(page) < LONGEST_MAIL, `${Buffer.byteLength(page)} bytes`)
})

await t.test('a browser shows and prints a report whole', { skip: NO_BROWSER }, async (t) => {
  const file = path.join(t.testdir(), 'report.html')
  writeFileSync(file, reportPage(longReport()))
  const shown = await openPage({ colorScheme: 'dark', viewport: { width: 600, height: 800 } })
  const told: string[] = []
  shown.on('console', (message) => told.push(message.text()))
  shown.on('pageerror', (error) => told.push(error.message))
  shown.on('request', (request) => told.push(request.url()))
  await shown.goto(pathToFileURL(file).href)
  t.same(told, [pathToFileURL(file).href], 'no message, no error, and no request but for the file')

  for (const width of [600, 320]) {
    await shown.setViewportSize({ width, height: 800 })
    // What is wider than the window: an element that reaches out of it, or text that reaches out of its cell.
    const wide = await shown.evaluate(`[...document.querySelectorAll('body *')].filter((element) => !(innerWidth < 480 && element.closest('.stack thead')))
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 || (/^T[DH]$/.test(element.tagName) && element.scrollWidth > element.clientWidth + 1))
      .map((element) => element.outerHTML.slice(0, 120))`)
    t.same(wide, [], `${width} pixels`)
  }
  t.equal(await shown.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)', 'black on white in the dark too')

  await shown.setViewportSize({ width: 600, height: 800 })
  await shown.evaluate((await import('axe-core')).default.source)
  const violations = await shown.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))')
  t.same(violations, [])

  await shown.emulateMedia({ media: 'print' })
  for (const [format, width] of [['A4', 186], ['Letter', 192]] as const) {
    // The paper without its margins, in pixels of 1/96 inch.
    await shown.setViewportSize({ width: Math.floor((width / 25.4) * 96), height: 900 })
    t.equal(await shown.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${format}: nothing is cut at the right`)
  }
  const pdf = await shown.pdf({ format: 'A4', printBackground: true, outline: true, tagged: true })
  t.equal(pdf.subarray(0, 5).toString(), '%PDF-')
  // The outline of a PDF has its headings: of the report, and of each section.
  const headings = new Set([...pdf.toString('latin1').matchAll(/\/Title \(([^)]*)\)/g)].map(([, title]) => title))
  t.same(SECTIONS.map((name) => headings.has(`Section ${name}`)), SECTIONS.map(() => true))
})

await t.test('a browser shows notices on phones and in the dark, readable by anyone', { skip: NO_BROWSER }, async (t) => {
  const { default: axe } = await import('axe-core')
  const folder = t.testdir()
  const longest = { ...LATE, summary: `a_name_without_any_space_${'x'.repeat(120)}`, hint: `look: ohlcv load --source s3://${'bucket/'.repeat(20)} --date 2026-11-20` }
  const pages = [...NOTICE_EVENTS.filter((event) => event !== 'report').map((event) => [event, sampleNotice(event)] as const), ['long', sampleNotice('opened', { incidents: [longest] })] as const]
  const shown = await openPage()
  for (const [name, notice] of pages) {
    const file = path.join(folder, `${name}.html`)
    writeFileSync(file, noticePage(noticeDocument(notice, 'https://status.example.com/')))
    const told: string[] = []
    shown.on('request', (request) => told.push(request.url()))
    await shown.goto(pathToFileURL(file).href)
    t.same(told, [pathToFileURL(file).href], `${name}: nothing is loaded but the file`)
    shown.removeAllListeners('request')
    for (const width of [600, 320]) {
      await shown.setViewportSize({ width, height: 600 })
      t.equal(await shown.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${name}, ${width} pixels`)
    }
    await shown.evaluate(axe.source)
    for (const colorScheme of ['light', 'dark'] as const) {
      await shown.emulateMedia({ colorScheme })
      t.equal(await shown.evaluate('getComputedStyle(document.body).backgroundColor'), colorScheme === 'dark' ? 'rgb(22, 25, 29)' : 'rgb(255, 255, 255)')
      // In the dark only colours are others.
      const rules = colorScheme === 'dark' ? `{ runOnly: ['color-contrast'] }` : '{}'
      t.same(await shown.evaluate(`axe.run(${rules}).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`), [], `${name}, ${colorScheme}`)
    }
  }
})
