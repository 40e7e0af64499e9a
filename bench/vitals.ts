import { existsSync } from 'node:fs'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { sample, type Samples } from './scenarios.js'

const CHROMIUM = '/usr/bin/chromium'
const OPENED = 5
const DRAWN = 20

/** How a browser is held back. */
interface Profile {
  name: string
  /** Bits a second both ways, and milliseconds a round trip; null: as fast as it goes. */
  network: { down: number; up: number; roundTrip: number } | null
  /** How many times slower than this machine's processor. */
  slower: number
}

const PROFILES: readonly Profile[] = [
  { name: 'unhindered', network: null, slower: 1 },
  { name: 'slow 4G', network: { down: 1_600_000, up: 750_000, roundTrip: 150 }, slower: 4 },
]

async function holdBack(cdp: CDPSession, { network, slower }: Profile): Promise<void> {
  await cdp.send('Network.enable')
  if (network) {
    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: network.roundTrip, downloadThroughput: network.down / 8, uploadThroughput: network.up / 8 })
  }
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower })
}

/** The milliseconds until the largest thing was painted and until the page could be used, as the page itself has them. */
const VITALS = `new Promise((resolve, reject) => {
  const deadline = setTimeout(() => reject(new Error('the page set no mark "interactive", or painted nothing')), 20000)
  const look = () => {
    const interactive = performance.getEntriesByName('interactive')[0]
    if (!interactive) return setTimeout(look, 20)
    new PerformanceObserver((list) => {
      clearTimeout(deadline)
      resolve({ lcp: list.getEntries().at(-1).startTime, interactive: interactive.startTime })
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  }
  look()
})`

/** The milliseconds that a frame takes in which the calendars are drawn: from its beginning to the first task after it. */
const DRAWING = `new Promise((resolve) => {
  const maps = [...document.querySelectorAll('svg.year-map')]
  if (maps.length === 0) return resolve(null)
  for (const map of maps) map.style.display = 'none'
  document.body.getBoundingClientRect()
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const begun = performance.now()
    for (const map of maps) map.style.display = ''
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve(performance.now() - begun)
    port2.postMessage(null)
  }))
})`

/** Bytes of a request's answer as they came, by what it is. */
function sizes(cdp: CDPSession): Map<string, number> {
  const kinds = new Map<string, string>()
  const bytes = new Map<string, number>()
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    // Images within a style do not travel by themselves.
    if (!response.url.startsWith('data:')) kinds.set(requestId, `${type}: ${new URL(response.url).pathname}`)
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId)
    if (kind !== undefined) bytes.set(kind, (bytes.get(kind) ?? 0) + encodedDataLength)
  })
  return bytes
}

/** Opens the page in a browser that knows nothing of it. */
async function opened<T>(browser: Browser, url: string, profile: Profile, look: (page: Page, bytes: Map<string, number>) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await holdBack(cdp, profile)
    const bytes = sizes(cdp)
    await page.goto(url)
    return await look(page, bytes)
  } finally {
    await context.close()
  }
}

const sum = (bytes: Map<string, number>): number => [...bytes.values()].reduce((all, some) => all + some, 0)

/** What was loaded, by file, as a Markdown table. */
function sizeTable(page: Map<string, number>, asset: Map<string, number>): string {
  const more = new Map([...asset].filter(([kind]) => !page.has(kind) && !kind.startsWith('Document')))
  const rows = [...page, ...[...more].map(([kind, bytes]) => [`${kind} (with a chart)`, bytes] as const)]
  return ['| on the wire | bytes |', '| --- | --- |', ...rows.map(([kind, bytes]) => `| ${kind} | ${bytes.toLocaleString('en-US')} |`), `| all | ${(sum(page) + sum(more)).toLocaleString('en-US')} |`].join('\n')
}

/**
 * How the page does in Chromium: when it is painted and can be used, how long its calendars take to draw, and what travels for it.
 * @param asset one with bars, for the chart
 * @returns what travels, as a table; undefined where there is no browser
 */
export async function webVitals(origin: string, asset: string, samples: Samples, said: (text: string) => void): Promise<string | undefined> {
  if (!existsSync(CHROMIUM)) {
    said(`no browser at ${CHROMIUM}: the page is not measured`)
    return undefined
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    const [unhindered] = PROFILES
    for (const profile of PROFILES) {
      for (let time = 0; time < OPENED; time++) {
        const { lcp, interactive } = await opened(browser, `${origin}/`, profile, (page) => page.evaluate<{ lcp: number; interactive: number }>(VITALS))
        sample(samples, `page, ${profile.name}: largest paint (ms)`, lcp)
        sample(samples, `page, ${profile.name}: interactive (ms)`, interactive)
      }
    }
    await opened(browser, `${origin}/`, unhindered!, async (page) => {
      await page.evaluate(VITALS)
      for (let time = 0; time < DRAWN; time++) {
        const drawn = await page.evaluate<number | null>(DRAWING)
        if (drawn !== null) sample(samples, 'page: calendars drawn (ms)', drawn)
      }
    })
    const looked = async (page: Page, bytes: Map<string, number>): Promise<Map<string, number>> => {
      await page.evaluate(VITALS)
      await page.waitForLoadState('networkidle')
      return bytes
    }
    const alone = await opened(browser, `${origin}/`, unhindered!, looked)
    const withChart = await opened(browser, `${origin}/?asset=${encodeURIComponent(asset)}&interval=day`, unhindered!, looked)
    sample(samples, 'page on the wire (kB)', sum(alone) / 1000)
    return sizeTable(alone, withChart)
  } finally {
    await browser.close()
  }
}
