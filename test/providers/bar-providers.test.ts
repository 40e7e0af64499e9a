import t from 'tap'
import { TIMESPANS, timespanNamed } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import { SourceError } from '../../lib/domain/errors.js'
import { Tally } from '../../lib/domain/tally.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import type { BarsPage, BarsReading } from '../../lib/providers/bar-provider.js'
import { BAR_SAMPLES, DATE, SYMBOL } from './bar-samples.js'

// What every provider of bars by requests has to do. A new one adds its samples.

const END = isoDate(DATE)
const reading = (start = '2026-03-05'): BarsReading => ({ timespan: 'day', periods: timespanNamed('day').periods({ start: isoDate(start), end: END }), tally: new Tally(10), firstRow: 1 })
const linesOf = ({ bars }: BarsPage): string[] => bars.map(({ slot, open, high, low, close, volume, transactions }) => [slot, open, high, low, close, volume, transactions].join(' ').replace(/ $/, ' null'))

function codeOf(read: () => unknown): string {
  try {
    read()
    return 'read'
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return `${error.code}: ${error.message}`
  }
}

await t.test('no two providers go by the same name, and each has its samples', async (t) => {
  const names = BAR_PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases])
  t.same(names, [...new Set(names)])
  t.same(Object.keys(BAR_SAMPLES), BAR_PROVIDERS.map(({ name }) => name))
})

for (const provider of BAR_PROVIDERS) {
  const samples = BAR_SAMPLES[provider.name]!
  const { bars, grouped, details } = provider

  await t.test(`${provider.name}: a question is a path and a query of its own host, whatever the symbol, without a key`, async (t) => {
    const range = { start: isoDate('2026-03-05'), end: END }
    for (const symbol of ['SPY', 'A/B', 'A$B', 'A?b=c', 'A#B', 'A%2FB', '..', 'A B']) {
      const questions = [...TIMESPANS.filter(({ name }) => provider.timespans.includes(name)).map((timespan) => bars.question(symbol, timespan.name, timespan.asked(range), new Date())), ...(details ? [details.question(symbol)] : [])]
      for (const { path, query } of questions) {
        const url = new URL(`${path}?${new URLSearchParams(query).toString()}`, 'https://host')
        t.equal(url.host, 'host')
        t.ok(path.startsWith('/') && (decodeURIComponent(url.pathname).split('/').length > 3 || symbol === '..'), path)
        t.notMatch(JSON.stringify(query), /key/i)
      }
      t.equal(new Set(questions.map((question) => JSON.stringify(question))).size, questions.length, 'each timespan has its own')
    }
    if (grouped) t.match(JSON.stringify(grouped.question(END)), new RegExp(DATE))
  })

  await t.test(`${provider.name}: bars keep every digit, and their order`, async (t) => {
    const at = reading()
    const page = bars.read(Buffer.from(samples.days), SYMBOL, at)
    t.same(linesOf(page), samples.bars)
    t.match([page.rows, page.next, at.tally.counts.read], [2, null, 2])
    t.same(linesOf(bars.read(Buffer.from(samples.nothing), SYMBOL, reading())), [])
    if (grouped && samples.grouped) {
      const all = grouped.read(Buffer.from(samples.grouped.answer), reading(DATE))
      t.same(linesOf(all).map((line, index) => `${all.bars[index]!.symbol} ${line}`), samples.grouped.bars)
    }
    if (details && samples.details) t.equal(details.read(Buffer.from(samples.details.answer)).name, samples.details.name)
  })

  await t.test(`${provider.name}: a renamed or missing field is named, an answer about another symbol or of adjusted prices is refused`, async (t) => {
    const forms = [
      { answer: samples.days, needed: samples.needed, read: (body: string) => bars.read(Buffer.from(body), SYMBOL, reading()) },
      ...(grouped && samples.grouped ? [{ ...samples.grouped, read: (body: string) => grouped.read(Buffer.from(body), reading(DATE)) }] : []),
    ]
    for (const { answer, needed, read } of forms) {
      t.equal(codeOf(() => read(answer)), 'read')
      for (const field of needed) {
        const said = codeOf(() => read(answer.replace(`"${field}":`, `"${field}2":`)))
        t.ok(said.startsWith('ANSWER_') && said.includes(field), `${field}: ${said}`)
      }
      t.match(codeOf(() => read(answer.replace('"adjusted":false', '"adjusted":true'))), /^ANSWER_ADJUSTED/)
    }
    t.match(codeOf(() => bars.read(Buffer.from(samples.days), 'OTHER', reading())), /^ANSWER_OTHER_SYMBOL/)
  })

  await t.test(`${provider.name}: what a response comes to`, async (t) => {
    const judged = (kind: keyof typeof samples.responses) => samples.responses[kind].map(({ status, body }) => provider.judge({ status, body: Buffer.from(body) }))
    t.match(provider.judge({ status: 200, body: Buffer.from(samples.days) }), { kind: 'answer' })
    for (const judgement of judged('nothing')) t.match(judgement, { kind: 'nothing' })
    for (const judgement of judged('stops')) t.match(judgement, { kind: 'failed', stops: true, again: false })
    for (const judgement of judged('again')) t.match(judgement, { kind: 'failed', stops: false, again: true })
    for (const status of [201, 204, 301, 400, 402, 418, 502, 599]) t.match(provider.judge({ status, body: Buffer.from('[1,') }), { kind: /^failed$/, code: /^[A-Z_]+$/, message: /\S/ }, String(status))
  })
}
