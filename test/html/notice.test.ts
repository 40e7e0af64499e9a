import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { noticeDocument } from '../../lib/documents/notice.js'
import { NOTICE_EVENTS } from '../../lib/features/alerts/notice.js'
import { noticePage } from '../../lib/html/notice.js'
import { LATE, sampleNotice } from '../channels/sample-notices.js'

const CHROMIUM = '/usr/bin/chromium'
const EVENTS = NOTICE_EVENTS.filter((event) => event !== 'report')

await t.test('a browser shows notices on phones and in the dark, readable by anyone', { skip: existsSync(CHROMIUM) ? false : `there is no browser at ${CHROMIUM}` }, async (t) => {
  const { chromium } = await import('playwright-core')
  const { default: axe } = await import('axe-core')
  const folder = t.testdir()
  const longest = { ...LATE, summary: `a_name_without_any_space_${'x'.repeat(120)}`, hint: `look: ohlcv load --source s3://${'bucket/'.repeat(20)} --date 2026-11-20` }
  const pages = [...EVENTS.map((event) => [event, sampleNotice(event)] as const), ['long', sampleNotice('opened', { incidents: [longest] })] as const]
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.teardown(() => browser.close())
  const shown = await browser.newPage()
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
      t.same(await shown.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))'), [], `${name}, ${colorScheme}`)
    }
  }
})
