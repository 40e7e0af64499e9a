import { existsSync, readFileSync } from 'node:fs'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import t from 'tap'
import { monitor } from '../../lib/cli/commands/monitor/monitor.js'
import { acknowledge } from '../../lib/features/alerts/silence.js'
import { explainFindings } from '../../lib/features/quality/explain.js'
import { readExplanationRequest } from '../../lib/features/quality/request.js'
import type { ActRequest } from '../../lib/http/framework/site.js'
import { act } from '../../lib/routines/acting/act.js'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { check } from '../helpers/quality.js'
import { runCommand } from '../helpers/run-command.js'
import { ADMIN_TOKEN, startService, TOKENS } from '../helpers/service.js'

// Tests of a browser take turns with much else.
t.setTimeout(120_000)

const CHROMIUM = '/usr/bin/chromium'

if (!existsSync(CHROMIUM)) {
  t.plan(0, `SKIP there is no browser at ${CHROMIUM}`)
  process.exit(0)
}

// Two weeks of two securities. SCHG is doubled on the 18th and lacks the 12th, a row of the 20th breaks the order of its prices, and the 19th has no file yet.
const NOW = new Date('2026-11-22T12:00:00Z')
const DATES = ['2026-11-09', '2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-20']
const { pool } = await freshDatabase(t)
const root = t.testdir()
await registerSymbols(pool, ['SCHG', 'VUG'])
for (const date of DATES) {
  putDayFile(root, date, [
    ...(date === '2026-11-12' ? [] : [date >= '2026-11-18' ? 'SCHG,40.1234,41,39,40.5000,100,10' : 'SCHG,20,21,19,20.25,100,10']), 'VUG,400.5,401,399,400.123456,50,5',
    ...(date === '2026-11-20' ? ['NOBODY,1,1,1,1,1,1', 'VUG,400.5,1,399,400,50,5'] : []),
  ])
}
await loadDates(pool, directorySource(root), '2026-11-09', '2026-11-20', { thresholds: { maxRejected: 50, maxRemoved: 50 }, now: NOW })
await check(pool)

/** As `ohlcv act` does it, in this process. */
async function doIt({ action, request, requestedBy }: ActRequest): Promise<number> {
  if (action === 'acknowledge') await acknowledge(runtimeOf(pool, { now: clock }), Number(request['alert']), requestedBy)
  else if (action === 'explain') await explainFindings(runtimeOf(pool), readExplanationRequest({ ...request, by: requestedBy } as never), () => 1)
  else await loadDates(pool, directorySource(root), '2026-11-19', '2026-11-19', { now: NOW })
  return 0
}
const done: ActRequest[] = []
let clock = NOW
const { url } = await startService(t, {
  pool, tokens: TOKENS, watch: ['SCHG', 'VUG'], now: () => clock,
  act: (wanted) => new Promise((resolve, reject) => {
    done.push(wanted)
    act(runtimeOf(pool), { ...wanted, request: { ...wanted.request } }, { most: 4, exitCodeOfError: () => 1, onTaken: async (taken) => resolve(taken), work: () => doIt(wanted) }).catch(reject)
  }),
})

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
t.teardown(() => browser.close())
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, acceptDownloads: true })
const told: string[] = []
const hosts = new Set<string>()
page.on('console', (message) => told.push(message.text()))
page.on('pageerror', (error) => told.push(error.message))
page.on('request', (request) => { if (!request.url().startsWith('blob:')) hosts.add(new URL(request.url()).host) })
await page.addInitScript(axe.source)

const panel = page.getByRole('dialog')
const button = (name: string | RegExp) => panel.getByRole('button', { name })
const rows = (caption: RegExp) => panel.getByRole('table', { name: caption }).locator('tbody tr')
const faults = (): Promise<unknown> => page.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))')
/** What reaches out of the window at the right. */
const wide = (): Promise<string[]> => page.evaluate(`[...document.querySelectorAll('dialog *')].filter((element) => !element.closest('.chart-canvas, thead, .hidden') && element.getBoundingClientRect().right > innerWidth + 0.5).map((element) => element.outerHTML.slice(0, 120))`)

await t.test('a date has its counts, rejected rows, source and attempts; Escape closes it and gives focus back', async (t) => {
  await page.goto(url)
  await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend', '<a id="here" href="/?date=2026-11-20">20</a>')`)
  await page.locator('#here').focus()
  await page.keyboard.press('Enter')
  await panel.getByRole('heading', { name: 'Friday, 2026-11-20' }).waitFor()
  await panel.getByText('rows read').waitFor()
  t.equal(await page.evaluate('document.activeElement.textContent'), 'Friday, 2026-11-20', 'who cannot see hears the heading first')
  // Four rows: two bars, a symbol that nobody knows, and one whose high is below its low.
  t.same((await panel.locator('.sums').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim()), ['4 rows read = 2 taken + 1 rejected + 1 of unknown symbols + 0 not selected + 0 doubles', '2 taken = 2 new + 0 changed + 0 as they were'])
  t.equal(await rows(/^Rows kept out/).count(), 1)
  t.equal(await rows(/^Attempts/).count(), 1)
  t.match(await panel.innerText(), /massive[^]*NOBODY/)
  t.equal(await button('Load now').count(), 0)
  t.same(await faults(), [])
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  t.equal(await page.evaluate('document.activeElement.id'), 'here')
  t.equal(new URL(page.url()).search, '')
})

await t.test('a security has its bars as they are stored, to the last digit, and a chart that keys go through', async (t) => {
  await page.goto(`${url}/?asset=SCHG`)
  await panel.locator('.chart canvas').first().waitFor()
  t.match(await rows(/bars, the newest first/).first().innerText(), /2026-11-20\s+40\.1234\s+41\s+39\s+40\.5\s+100/)
  t.equal(await rows(/bars, the newest first/).count(), 8)
  t.match(await rows(/^Gaps/).allInnerTexts(), [/2026-11-19/, /2026-11-12\s+1/].slice(-1 * (await rows(/^Gaps/).count())))
  t.match(await rows(/^Where the bars/).first().innerText(), 'massive')
  const chart = panel.getByRole('slider')
  await chart.focus()
  await page.keyboard.press('Home')
  t.equal(await chart.getAttribute('aria-valuetext'), '2026-11-09: open 20, high 21, low 19, close 20.25, volume 100')
  await page.keyboard.press('ArrowRight')
  t.match(await chart.getAttribute('aria-valuetext'), /^2026-11-10: /)
  t.same(await faults(), [])
  await button('for splits').first().click()
  await panel.locator('.chart canvas').first().waitFor()
  t.equal(await panel.getByRole('button', { name: 'for splits', exact: true }).getAttribute('aria-pressed'), 'true')
  t.match(await panel.locator('.chart a').getAttribute('href'), 'tradingview.com', 'its makers are named')
})

await t.test('lists follow their filters and are exported whole', async (t) => {
  await page.goto(`${url}/?view=runs`)
  await rows(/^Runs/).first().waitFor()
  t.match(await rows(/^Runs/).last().innerText(), /load\s+✓ succeeded/)
  await rows(/^Runs/).last().getByRole('link').click()
  await rows(/^Dates of the run/).first().waitFor()
  t.equal(await rows(/^Dates of the run/).count(), 10, 'the nine that were loaded, and the one that has no file')
  await panel.getByRole('link', { name: 'Failures' }).click()
  await rows(/^Failures/).first().waitFor()
  t.match(await rows(/^Failures/).first().innerText(), /2026-11-19/)
  const [download] = await Promise.all([page.waitForEvent('download'), button('Export failures as CSV').click()])
  t.match(readFileSync(await download.path(), 'utf8'), /2026-11-19/)
  await panel.getByLabel('Kind').selectOption('provider')
  await panel.getByText('Nothing has failed.').waitFor()
  await panel.getByRole('link', { name: 'Remediation' }).click()
  await panel.getByRole('heading', { name: 'Remediation' }).waitFor()
  t.same(await faults(), [])
})

await t.test('all of it fits into 320 pixels, also in the dark', async (t) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const [search, shown] of [['?date=2026-11-20', panel.getByText('rows read')], ['?asset=SCHG', rows(/^Where the bars/)], ['?view=runs', rows(/^Runs/)], ['?view=findings', rows(/^Findings/)]] as const) {
    await page.goto(url + search)
    await shown.first().waitFor()
    t.same(await wide(), [], search)
  }
  t.same(await faults(), [])
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
})

await t.test('without a token nothing can be done; with one a finding is explained, and is gone from the open ones', async (t) => {
  await page.goto(`${url}/?view=findings`)
  await rows(/^Findings/).first().waitFor()
  t.equal(await button(/^Explain/).count(), 0)
  const open = await rows(/^Findings/).count()
  await page.goto(`${url}/admin/historical-data`)
  t.equal(await button('Load Universe Data').count(), 0)
  await panel.getByLabel('Token').fill(ADMIN_TOKEN)
  await button('Sign in').click()
  await button('Load Universe Data').waitFor()
  t.notMatch(page.url(), ADMIN_TOKEN)

  await page.goto(`${url}/?view=findings`)
  const finding = rows(/^Findings/).filter({ hasText: 'SCHG' }).first()
  await finding.getByRole('button').click()
  await panel.getByLabel('Why it is right as it is').fill('a merger of shares')
  await button('Explain it').click()
  await finding.waitFor({ state: 'detached' })
  t.equal(await rows(/^Findings/).count(), open - 1)
  t.match(done.at(-1), { action: 'explain', request: { reason: 'a merger of shares' }, requestedBy: 'tester', idempotencyKey: /^[0-9a-f]{32}$/ })
})

await t.test('the missing ones are loaded after a look at what that would be, and followed to the end', async (t) => {
  await page.goto(`${url}/?date=2026-11-19`)
  await button('Load the missing and failed ones of 2026-11').click()
  const preview = rows(/^Sessions that would be loaded/).filter({ hasText: '2026-11-19' })
  await preview.waitFor()
  putDayFile(root, '2026-11-19', ['SCHG,40,41,39,40.5,100,10', 'VUG,400.5,401,399,400,50,5'])
  await button('Load now').click()
  await panel.getByText(/Action \d+ \(load\) is done\./).waitFor()
  t.match(done.at(-1), { action: 'load', request: { dataset: 'day_aggs', dates: { start: '2026-11-01', end: '2026-11-22' }, only: 'incomplete' } })
  await panel.locator('.panel-about').getByText('loaded').waitFor()
  t.same(await faults(), [])
})

await t.test('a universe is asked for in the words of a fetch', async (t) => {
  await page.goto(`${url}/admin/historical-data`)
  await panel.getByLabel('Symbols, with commas between them').fill('schg, VUG')
  await panel.getByText('SCHG, VUG, of the last 2 days').waitFor()
  await button('Load Universe Data').click()
  await panel.getByText(/Action \d+ \(fetch\) is done\./).waitFor()
  t.match(done.at(-1), { action: 'fetch', request: { symbols: ['SCHG', 'VUG'], type: null, timespans: ['day'], dates: { days: 2 } } })
  await page.goto(`${url}/?view=actions`)
  await rows(/^Actions/).nth(2).waitFor()
  t.match(await rows(/^Actions/).allInnerTexts(), [/tester[^]*fetch[^]*done/, /tester[^]*load[^]*done/, /tester[^]*explain[^]*done/])
  t.same(await faults(), [])
})

await t.test('what is late is told on the page with its last alert, and no longer once the data has caught up', async (t) => {
  const look = async (at: string) => {
    clock = new Date(at)
    await runCommand(monitor, ['monitor'], { pool, now: at, settings: { watch: 'SCHG,VUG', home: root } })
  }
  const asset = page.locator('.assets tbody tr', { hasText: 'SCHG' }).first()
  const alerts = page.getByRole('region', { name: 'Alerts' })
  // The file of Monday, the 23rd, was due on Tuesday at eleven in New York, sixteen UTC.
  await look('2026-11-24T17:30:00Z')
  await page.goto(url)
  t.match(await asset.innerText(), /1 h 30 min behind\s*, stale[^]*! warning\s*since 2026-11-24: The day_aggs file of 2026-11-23 is late/)
  t.match(await alerts.innerText(), /1 open[^]*! warning\s+Alert \d+\s+The day_aggs file of 2026-11-23 is late[^]*stale · since 2026-11-24 17:30 · 1 h 30 min late/)
  await alerts.getByRole('link', { name: /^Alert/ }).click()
  await page.waitForFunction(() => location.search.startsWith('?alert='))
  await panel.getByText('ohlcv load --date 2026-11-23').waitFor()
  t.match(await panel.innerText(), /2026-11-23[^]*Securities: 2[^]*SCHG[^]*VUG/)
  t.match(await rows(/^What was sent/).allInnerTexts(), [/opened[^]*no channel was set/])
  await button('Acknowledge').click()
  await panel.locator('.badge', { hasText: 'acknowledged' }).waitFor()
  t.match(done.at(-1), { action: 'acknowledge', requestedBy: 'tester' })
  t.same([await faults(), await wide()], [[], []])

  putDayFile(root, '2026-11-23', ['SCHG,40,41,39,40.5,100,10', 'VUG,400.5,401,399,400,50,5'])
  await loadDates(pool, directorySource(root), '2026-11-23', '2026-11-23', { now: clock })
  await look('2026-11-24T17:40:00Z')
  await look('2026-11-24T17:50:00Z')
  await page.goto(url)
  t.notMatch(await asset.innerText(), /stale|behind/)
  t.match(await asset.innerText(), /cleared\s*on 2026-11-24/)
  t.match(await alerts.innerText(), /none open[^]*cleared[^]*until 2026-11-24 17:50/)
  await page.goto(`${url}/?view=alerts`)
  await panel.getByText('There is none like that.').waitFor()
  await panel.getByLabel('State').selectOption('cleared')
  await rows(/^Alerts/).filter({ hasText: 'The day_aggs file of 2026-11-23' }).waitFor()
  t.same([await faults(), await wide()], [[], []])
})

await t.test('no message, no error, and nobody else is asked', async (t) => {
  t.same(told, [])
  t.same([...hosts], [new URL(url).host])
})
