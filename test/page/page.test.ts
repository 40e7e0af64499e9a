import { existsSync, readFileSync } from 'node:fs'
import axe from 'axe-core'
import { chromium, type Page } from 'playwright-core'
import t from 'tap'
import { servePage, type Served } from './page-server.js'
import { CURRENT, SAMPLE, SAMPLE_NOW } from './sample-summary.js'

// Tests of a browser take turns with much else.
t.setTimeout(120_000)

const CHROMIUM = '/usr/bin/chromium'
const SUMMARY = '/api/v1/status/summary'
const REFRESH_MS = 30_000
const RETRY_MS = 10_000
const QUICK_MS = 2000

if (!existsSync(CHROMIUM)) {
  t.plan(0, `SKIP there is no browser at ${CHROMIUM}`)
  process.exit(0)
}

const { url, served } = await servePage(t, { summary: SAMPLE, now: SAMPLE_NOW })
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
t.teardown(() => browser.close())
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, colorScheme: 'light' })
const told: string[] = []
const hosts = new Set<string>()
page.on('console', (message) => told.push(message.text()))
page.on('pageerror', (error) => told.push(error.message))
page.on('request', (request) => hosts.add(new URL(request.url()).host))
/** Whether the time is that of the test. */
let isFaked = false

/** Shows a page as it is at first. */
async function open(search = '', given: Partial<Served> = {}): Promise<void> {
  Object.assign(served, { summary: SAMPLE, health: 'well', token: null }, given)
  await page.goto(url + search)
  // What the page does once it has been drawn.
  if (isFaked) await page.clock.runFor(100)
}

const title = (): Promise<string> => page.locator('h1').innerText()
const symbols = (): Promise<string[]> => page.locator('.assets tbody th a').allInnerTexts()
const rowOf = (symbol: string) => page.locator('.assets tbody tr', { has: page.getByRole('link', { name: symbol, exact: true }) })
const search = (): Promise<string> => page.evaluate('location.search')
const times = (): number => served.asked.filter((path) => path === SUMMARY).length

async function downloaded(name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
  return readFileSync(await download.path(), 'utf8')
}

async function violationsOf(page: Page, options = '{}'): Promise<unknown> {
  return page.evaluate(`axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]))`)
}

await t.test('the answer stands on top, then every session, then the assets: at once, and with nothing but its own requests', async (t) => {
  await open()
  await page.waitForFunction(() => performance.getEntriesByName('interactive').length === 1)
  t.equal(await title(), '2 sessions of daily bars are missing; the oldest was due 3 days ago')
  t.match(await page.locator('.todo').first().innerText(), /2026-11-17[^]*ohlcv load --start 2026-11-17 --end 2026-11-17 --accept/)
  t.equal(await page.locator('.year-map').count(), 21)
  t.equal(times(), 0, 'what it shows came with it')
  t.match(await rowOf('QQQ').innerText(), /unavailable[^]*yahoo/)
  t.match(await rowOf('MSFT').innerText(), /rate-limited/)
  t.match(await rowOf('NVDA').innerText(), /8 d 13 h behind\s*, stale[^]*warning/)
  t.match(await page.getByRole('region', { name: 'Vendors' }).innerText(), /yahoo[^]*unavailable/)
  t.same(told, [])
  t.same([...hosts], [new URL(url).host])
  await page.clock.install({ time: SAMPLE_NOW })
  isFaked = true
})

await t.test('filters follow at once, live in the address, and are there again when one comes back', async (t) => {
  await open()
  await page.getByLabel('Stale only').check()
  t.same(await symbols(), ['NVDA'])
  t.equal(await search(), '?stale=1')
  await page.getByLabel('Stale only').uncheck()
  await page.getByLabel('Gaps only').check()
  await page.getByLabel('Type').selectOption('ETF')
  t.same(await symbols(), ['QQQ'])
  await page.reload()
  t.same(await symbols(), ['QQQ'])
  await page.getByRole('link', { name: 'Show all' }).click()
  t.equal(await search(), '')
  await page.getByLabel('Symbol or name').fill('micro')
  t.same(await symbols(), ['MSFT'])
  await page.getByLabel('Symbol or name').fill('nobody')
  t.match(await page.locator('.assets').innerText(), 'No asset is left by these filters')
  await page.getByLabel('Universe').selectOption('all')
  await rowOf('IBM').waitFor()
  t.match(await rowOf('IBM').innerText(), /IBM & Co/)
  t.equal(served.asked.at(-1), '/api/v1/assets')
  await page.goBack()
  t.same(await symbols(), ['QQQ'], 'typing was no step that one goes back to')
})

await t.test('what is shown is given as CSV and JSON, and no name in it is a formula', async (t) => {
  await open('?stale=1')
  const [head, row, ...more] = (await downloaded('Export the assets shown as CSV')).split('\n')
  t.match(head, /^asset,name,type,interval,first,latest,/)
  t.match(row, /^NVDA,NVIDIA Corporation,CS,day,2007-01-03,2026-11-13,4875,5000,97.5,125,9,12312,true,0.713,massive,ok,/)
  t.same(more, [''])
  t.match(JSON.parse(await downloaded('Export the assets shown as JSON')), [{ asset: 'NVDA', gaps: 9 }])
  await open('?q=GOOGL&year=2026')
  t.match(await downloaded('Export the assets shown as CSV'), `"'=HYPERLINK(""https://example.com"")"`)
  const dates = (await downloaded('Export the dates shown as CSV')).trim().split('\n')
  t.same([dates[0], dates[1], dates.at(-1)], ['date,state', '2026-01-01,holiday', '2026-11-20,not published yet'])
  t.ok(dates.includes('2026-11-17,failed'))
})

await t.test('every 30 seconds it is asked anew: what was stale is not any more, and nothing moves or is lost', async (t) => {
  await open()
  const before = times()
  await page.evaluate("window.here = true; const field = document.querySelector('[name=q]'); field.focus(); scrollTo(0, 500)")
  await page.keyboard.type('v')
  await page.evaluate("document.querySelector('[name=q]').select()")
  // How far down is that of what is looked at: what stands above it may become shorter.
  const state = "[window.here, Math.round(document.activeElement.getBoundingClientRect().top), document.activeElement.name, getSelection().toString() || document.activeElement.selectionEnd]"
  const kept = await page.evaluate(state)
  served.summary = CURRENT
  await page.clock.runFor(REFRESH_MS - 2000)
  t.equal(times(), before, 'not before its time')
  await page.clock.runFor(3000)
  await page.waitForFunction(() => document.querySelector('h1')!.innerText.startsWith('Everything is current'))
  t.equal(times(), before + 1)
  t.same(await page.evaluate(state), kept)
  t.notMatch(await rowOf('NVDA').innerText(), /stale|behind/)
  t.equal(await search(), '?q=v')
})

await t.test('a button asks at once, and keeps the focus', async (t) => {
  await open()
  served.summary = CURRENT
  const [before, began] = [times(), performance.now()]
  await page.getByRole('button', { name: 'Refresh' }).press('Enter')
  await page.waitForFunction(() => document.querySelector('h1')!.innerText.startsWith('Everything is current'))
  t.ok(performance.now() - began < QUICK_MS)
  t.equal(times(), before + 1)
  t.equal(await page.evaluate('document.activeElement.className'), 'refresh')
  t.same(told, [])
})

await t.test('while nobody answers the page keeps what it had and says how old it is; then it goes on by itself', async (t) => {
  await open()
  for (const health of ['down', 'failing'] as const) {
    served.health = health
    await page.clock.runFor(REFRESH_MS + 1000)
    const notice = page.locator('.old-notice')
    await notice.waitFor()
    t.match(await notice.innerText(), /Data as of 2026-11-22 01:12 UTC/)
    t.match(await page.locator('.verdict').getAttribute('class'), 'verdict-quiet')
    t.match(await title(), /^Last known: 2 sessions/)
    t.equal((await symbols()).length, 10)
    served.health = 'well'
    await page.clock.runFor(RETRY_MS + 1000)
    await notice.waitFor({ state: 'detached' })
    t.match(await page.locator('.verdict').getAttribute('class'), 'verdict-bad')
  }
  t.same(told.splice(0).filter((line) => !line.startsWith('Failed to load resource')), [])
})

await t.test('a date is reached by pointing at it, and by keyboard alone', async (t) => {
  await open()
  await page.keyboard.press('Tab')
  t.equal(await page.evaluate('document.activeElement.innerText'), 'Skip to the content')
  await page.keyboard.press('Enter')
  t.equal(await page.evaluate('document.activeElement.id'), 'page')
  await page.getByRole('link', { name: '2026, a month each' }).focus()
  await page.keyboard.press('Enter')
  t.equal(await search(), '?year=2026')
  await page.locator('.day[tabindex="0"]').focus()
  // From Friday, the 20th, three days back, a week back, a week on; weekends are passed over.
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key)
  t.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), '17, Tuesday 2026-11-17: failed')
  await page.goto(`${url}/`)
  const map = (await page.locator('.year-map').first().boundingBox())!
  // The 17th of November 2026 is the Tuesday of the 47th week; a week is one of 54 columns, a weekday 10 of 53 units.
  const at = { x: map.x + (46.5 / 54) * map.width, y: map.y + (18 / 53) * map.height }
  await page.mouse.move(at.x, at.y)
  t.match(await page.locator('.readout').innerText(), 'Tuesday 2026-11-17: failed')
  await page.mouse.click(at.x, at.y)
  await page.waitForFunction(() => location.search === '?date=2026-11-17')
  told.length = 0
})

await t.test('who needs a token is asked for it: it stays in the tab and out of the address', async (t) => {
  await open('', { token: 'a-token-of-a-reader', access: { access: 'reader', name: null } })
  told.length = 0
  const field = page.getByLabel('Token')
  await field.fill('wrong')
  await field.press('Enter')
  t.match(await page.getByRole('alert').innerText(), 'wants a token')
  await field.fill('a-token-of-a-reader')
  await field.press('Enter')
  await page.locator('.verdict').waitFor()
  t.notMatch(await page.evaluate('location.href + document.cookie + document.documentElement.outerHTML'), 'a-token')
  await page.reload()
  await page.clock.runFor(100)
  await page.locator('.verdict').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor()
  t.equal(await page.evaluate('sessionStorage.length'), 0)
  t.same(told.splice(0).filter((line) => !line.startsWith('Failed to load resource')), [])
})

await t.test('all can use it: in light and dark, on a phone and on paper', async (t) => {
  await open()
  await page.evaluate(axe.source)
  t.same(await violationsOf(page), [])
  await page.emulateMedia({ colorScheme: 'dark' })
  t.same(await violationsOf(page, "{ runOnly: ['color-contrast'] }"), [])
  const wide = "[document.documentElement.scrollWidth > innerWidth, ...[...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !element.closest('thead, .hidden')).map((element) => element.outerHTML.slice(0, 100))]"
  for (const width of [320, 1100]) {
    await page.setViewportSize({ width, height: 800 })
    t.same(await page.evaluate(wide), [false], `${width} pixels`)
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'light' })
  await page.setViewportSize({ width: 703, height: 900 })
  t.same(await page.evaluate(wide), [false], 'A4 within its margins')
  await page.emulateMedia({ media: 'screen' })
  await open('?year=2026')
  await page.evaluate(axe.source)
  t.same(await violationsOf(page), [])
  t.same(told, [])
})
