import { pino } from 'pino'
import t from 'tap'
import { tokensOf } from '../../lib/http/framework/access.js'
import { createReaders } from '../../lib/postgres/readers.js'
import { freshDatabase } from '../helpers/database.js'
import { READER_TOKEN, startService } from '../helpers/service.js'
import { insertDay, insertRun, insertSymbols } from '../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

/** A service that has seen nothing yet, at an instant. */
const at = async (now: string, options = {}) => (await startService(t, { pool, now: () => new Date(now), watch: ['AAPL'], ...options })).url

const read = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, text: await answer.text() }
}

await t.test('a line of text tells whether everything is current, and so does its status', async (t) => {
  t.match(await read(`${await at('2025-01-06T12:00:00Z')}/status`), { status: 503, text: /^empty: .+\n$/ })
  await insertSymbols(pool, [[1, 'AAPL']])
  const runId = await insertRun(pool)
  for (const date of ['2025-01-02', '2025-01-03']) await insertDay(pool, date, { bars: [[1, '10', '12', '9', '11', '100']], runId })
  // The file of Friday 3 January was due on Saturday; that of Monday is on Tuesday at 11:00 in New York, 16:00 UTC, and late an hour after that.
  t.match(await read(`${await at('2025-01-07T16:59:00Z')}/status`), { status: 200, text: /^(current|attention): .+\n$/ })
  t.match(await read(`${await at('2025-01-07T17:01:00Z')}/status`), { status: 503, text: /^stale: .+\n$/ })
})

await t.test('the badge says the same in a word, in colours that can be read', async (t) => {
  const { status, text } = await read(`${await at('2025-01-07T17:01:00Z')}/badge.svg`)
  t.equal(status, 200)
  t.match(text, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*aria-label="market data: stale"[^]*<\/svg>$/)
  t.notMatch(text, /style=|<script/)
})

await t.test('a database that cannot be asked makes it unknown, not well', async (t) => {
  const nowhere = createReaders({ host: '127.0.0.1', port: 1 }, pino({ enabled: false }), 2)
  t.teardown(() => nowhere.end())
  const { url } = await startService(t, { pool: nowhere })
  t.match(await read(`${url}/status`), { status: 503, text: /^unknown: / })
  t.match(await read(`${url}/badge.svg`), { status: 200, text: /market data: unknown/ })
  t.match(await read(`${url}/ready`), { status: 503, text: /"database":"unavailable"/ })
  t.match(await read(`${url}/health`), { status: 200 })
  t.match(await read(url), { status: 200, text: /"summary":null/ })
})

await t.test('the page names its program, its looks and its sign by what is in them, and these are kept for ever', async (t) => {
  const url = await at('2025-01-07T12:00:00Z')
  const { text } = await read(`${url}/admin/historical-data`)
  const names = [...text.matchAll(/\/page\/([\w.-]+)/g)].map(([, name]) => name!)
  t.match(names.toSorted(), [/^icon-[0-9a-f]{8}\.svg$/, /^page-[0-9a-f]{8}\.js$/, /^page-style-[0-9a-f]{8}\.css$/])
  for (const name of names) {
    const answer = await fetch(`${url}/page/${name}`)
    t.equal(answer.status, 200)
    t.match(answer.headers.get('cache-control'), /max-age=31536000, immutable/)
    t.match(answer.headers.get('content-type'), name.endsWith('.css') ? 'text/css' : name.endsWith('.svg') ? 'image/svg+xml' : 'text/javascript')
  }
  for (const name of ['page.js', 'page-00000000.js', '..%2f..%2fpackage.json', '']) t.equal((await fetch(`${url}/page/${name}`)).status, 404, name)
})

await t.test('where reading needs a token the page has nothing in it, and a status is told to nobody without', async (t) => {
  const url = await at('2025-01-07T12:00:00Z', { tokens: tokensOf({ reader: READER_TOKEN }) })
  t.match(await read(url), { status: 200, text: /"summary":null/ })
  t.equal((await read(`${url}/health`)).status, 200)
  for (const path of ['/status', '/badge.svg']) t.equal((await read(`${url}${path}`)).status, 401, path)
  t.equal((await fetch(`${url}/status`, { headers: { authorization: `Bearer ${READER_TOKEN}` } })).status, 200)
})
