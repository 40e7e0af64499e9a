import t from 'tap'
import type { Timespan } from '../../lib/datasets/timespan.js'
import { TIMESPANS, timespanNamed } from '../../lib/datasets/timespans.js'
import { BASES } from '../../lib/domain/basis.js'
import { isoDate, type IsoDate } from '../../lib/domain/dates.js'
import { Tally } from '../../lib/domain/tally.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import type { BarsPage, BarsReading, Question } from '../../lib/providers/bar-provider.js'
import { refusal } from '../helpers/refusal.js'
import { BAR_SAMPLES, DATE, renamedInCsv, SYMBOL } from './bar-samples.js'

// What every provider of bars by requests has to do. A new one adds its samples.

const END = isoDate(DATE)
const NOW = new Date('2026-03-10T12:00:00Z')
const KEY = 'a-key-of-0123456789'
/** Symbols as they may come from anywhere; what stands behind the second has a meaning in URLs. */
const SYMBOLS = ['SPY', 'A/B', 'A$B', 'A?b=c', 'A#B', 'A%2FB', 'A&B=C', 'A B', 'BRK.B', 'BRK.A', 'BRK', 'BCpC', 'BCPC', 'BCp', 'BCr', 'BCrw', 'BCR', 'BCw', 'BCwd', 'BC.P', 'BC.P.C', 'BC.R', 'BC.W', 'BC.WD', 'BC.WS', 'BC.WS.A', 'BC.U', 'BCU', 'BC.CL', 'BCpC.CL']

const reading = (start = '2026-03-05'): BarsReading => ({ timespan: 'day', periods: timespanNamed('day').periods({ start: isoDate(start), end: END }), tally: new Tally(10), firstRow: 1 })
const linesOf = ({ bars }: BarsPage): string[] => bars.map(({ slot, open, high, low, close, volume, transactions }) => [slot, open, high, low, close, volume, transactions].join(' ').replace(/ $/, ' null'))
const textOf = ({ path, query }: Question): string => decodeURIComponent(path) + JSON.stringify(query)

await t.test('no two providers go by the same name, and each has its samples', async (t) => {
  const names = BAR_PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases])
  t.same(names, [...new Set(names)])
  t.same(Object.keys(BAR_SAMPLES), BAR_PROVIDERS.map(({ name }) => name))
  const variables = BAR_PROVIDERS.flatMap(({ api: { baseUrl, timeout, key } }) => [baseUrl.env, timeout.env, ...(key ? [key.env] : [])])
  t.same(variables, [...new Set(variables)], 'nor by the same variables')
})

for (const provider of BAR_PROVIDERS) {
  const samples = BAR_SAMPLES[provider.name]!
  const { api, bars, grouped, details, files, actions } = provider
  const timespans = TIMESPANS.filter(({ name }) => provider.timespans.includes(name))
  const named = SYMBOLS.filter((symbol) => provider.symbol(symbol) !== null)
  const range = { start: isoDate('2026-03-05'), end: END }
  const asked = (symbol: string, timespan: Timespan): Question => bars.question(symbol, timespan.name, timespan.asked(range), NOW)

  await t.test(`${provider.name}: what it says of itself fits together`, async (t) => {
    t.same(timespans.map(({ name }) => name).toSorted(), [...provider.timespans].toSorted(), 'each timespan once')
    t.same(provider.stores.filter((name) => !provider.timespans.includes(name)), [], 'it stores only what it has')
    t.ok(provider.timespans.includes('day'), 'by days it is tried')
    t.ok(BASES.includes(provider.basis))
    if (provider.basis !== 'none') t.same(provider.stores.filter((name) => name !== 'day'), [], 'adjusted prices stand in no table but where they can be turned back')
    t.ok(provider.settlesHours >= 0 && provider.settlesHours < 72)
    t.ok(Number.isInteger(provider.tries) && provider.tries >= 1 && provider.tries <= 5)
    t.match(api.baseUrl.fallback, /^https:\/\/[a-z0-9.]+$/)
    t.match([api.baseUrl.env, api.timeout.env, api.key?.env ?? 'KEY'].join(' '), /^[A-Z_ ]+$/)
    const sent = { ...api.key?.headers?.(KEY), ...api.key?.query?.(KEY) }
    if (api.key) t.match(Object.values(sent), [new RegExp(KEY)], 'the key travels once')
    t.notMatch(JSON.stringify(api.headers), /key|authorization/i)
  })

  await t.test(`${provider.name}: each symbol has a name of its own, or none`, async (t) => {
    for (const [symbol, name] of Object.entries(samples.symbols)) t.equal(provider.symbol(symbol), name, symbol)
    const names = named.map((symbol) => provider.symbol(symbol)!)
    t.same(names.filter((name) => !/^[\x21-\x7e ]{1,40}$/.test(name)), [])
    t.ok(provider.symbol(provider.probe), 'it is tried by one that it knows')
    t.same(names, [...new Set(names)], 'no two symbols have one name')
  })

  await t.test(`${provider.name}: a question is a path and a query of its own host, whatever the symbol, without a key`, async (t) => {
    const parameters = Object.keys(api.key?.query?.(KEY) ?? {})
    const shapes = new Set<string>()
    for (const symbol of named) {
      const questions = [...timespans.map((timespan) => asked(symbol, timespan)), ...(details ? [details.question(symbol)] : []), ...(actions?.questions(symbol, range, NOW) ?? [])]
      for (const question of questions) {
        const { path, query } = question
        const url = new URL(`${path}?${new URLSearchParams(query).toString()}`, 'https://host')
        t.equal(url.host, 'host')
        t.ok(path.startsWith('/') && textOf(question).includes(provider.symbol(symbol)!), path)
        t.same(Object.fromEntries(url.searchParams), query)
        t.notMatch(Object.keys(query).join(' '), /key/i)
        t.same(Object.keys(query).filter((name) => parameters.includes(name)), [])
      }
      t.equal(new Set(questions.map((question) => JSON.stringify(question))).size, questions.length, 'each timespan has its own')
      shapes.add(JSON.stringify(questions.map(({ path, query }) => [new URL(path, 'https://host').pathname.split('/').length, Object.keys(query)])))
    }
    t.equal(shapes.size, 1, 'a symbol adds no step and no parameter')
    if (grouped) t.match(JSON.stringify(grouped.question(END)), new RegExp(DATE))
  })

  await t.test(`${provider.name}: bars keep every digit, and their order`, async (t) => {
    const at = reading()
    const page = bars.read(Buffer.from(samples.days), SYMBOL, at)
    t.same(linesOf(page), samples.bars)
    t.match([page.rows, page.next, at.tally.counts.read], [2, null, 2])
    t.same(page.bars.filter(({ symbol }) => symbol !== SYMBOL), [], 'by our name')
    t.same(linesOf(bars.read(Buffer.from(samples.nothing), SYMBOL, reading())), [])
    if (grouped && samples.grouped) {
      const all = grouped.read(Buffer.from(samples.grouped.answer), reading(DATE))
      t.same(linesOf(all).map((line, index) => `${all.bars[index]!.symbol} ${line}`), samples.grouped.bars)
    }
    if (details && samples.details) t.equal(details.read(Buffer.from(samples.details.answer)).name, samples.details.name)
  })

  await t.test(`${provider.name}: of an answer with more dates those that were asked for are read, and each row is counted`, async (t) => {
    const at = reading(DATE)
    const page = bars.read(Buffer.from(samples.days), SYMBOL, at)
    t.same(linesOf(page), samples.bars.filter((bar) => bar.startsWith('1 ')).map((bar) => `0${bar.slice(1)}`))
    t.equal(at.tally.counts.read, page.rows)
    t.equal(page.bars.length + at.tally.counts.rejected, page.rows)
  })

  await t.test(`${provider.name}: prices are on its basis, and a last row that may change says so`, async (t) => {
    const { bars: read } = bars.read(Buffer.from(samples.days), SYMBOL, reading())
    t.same(read.filter(({ provisional }) => provisional), [])
    if (provider.basis === 'none') t.same(read.filter(({ unadjusted }) => unadjusted), [], 'what is as it was traded is not turned back')
    if (samples.provisional === null) return
    const { bars: running } = bars.read(Buffer.from(samples.provisional), SYMBOL, reading())
    t.same(running.map(({ slot, provisional = false }) => `${slot} ${provisional}`).toSorted(), ['0 false', '1 true'])
  })

  await t.test(`${provider.name}: a renamed or missing field is named, an answer about another symbol or of adjusted prices is refused`, async (t) => {
    const forms = [
      { answer: samples.days, needed: samples.needed, read: (body: string) => bars.read(Buffer.from(body), SYMBOL, reading()) },
      ...(grouped && samples.grouped ? [{ ...samples.grouped, read: (body: string) => grouped.read(Buffer.from(body), reading(DATE)) }] : []),
    ]
    for (const { answer, needed, read } of forms) {
      t.equal(refusal(() => read(answer)), 'read')
      for (const field of needed) {
        const said = refusal(() => read(samples.renamed(answer, field)))
        t.ok(said.startsWith('ANSWER_') && said.includes(field), `${field}: ${said}`)
      }
      if (samples.adjusted) t.match(refusal(() => read(samples.adjusted!(answer))), /^ANSWER_ADJUSTED/)
    }
    if (samples.namesSymbol) t.match(refusal(() => bars.read(Buffer.from(samples.days), 'OTHER', reading())), /^ANSWER_OTHER_SYMBOL/)
  })

  if (files || samples.files) await t.test(`${provider.name}: a file is read whatever its line ends, and one of another form refused`, async (t) => {
    const { text, bars: expected, needed } = samples.files!
    const read = (file: string) => {
      const at = reading()
      const page = files!.read(Buffer.from(file), SYMBOL, at)
      t.equal(at.tally.counts.read, page.rows)
      return linesOf(page)
    }
    for (const file of [text, text.replaceAll('\n', '\r\n'), text.trimEnd(), `\ufeff${text}`]) t.same(read(file), expected)
    for (const column of needed) {
      const said = refusal(() => read(renamedInCsv(text, column)))
      t.ok(said.startsWith('ANSWER_FORMAT') && said.toLowerCase().includes(column.toLowerCase()), `${column}: ${said}`)
    }
    for (const other of ['', '<html><body>Verifying your browser</body></html>', '{"Information":"x"}', 'No data']) t.match(refusal(() => read(other)), /^ANSWER_/, other)
  })

  if (actions || samples.actions) await t.test(`${provider.name}: splits and dividends of the range are read, with every digit`, async (t) => {
    const { answers, actions: expected, needed } = samples.actions!
    const between = (start: string, end: IsoDate) => {
      const found = answers.map((answer) => actions!.read(Buffer.from(answer), SYMBOL, { start: isoDate(start), end }))
      return { splits: found.flatMap(({ splits }) => splits), dividends: found.flatMap(({ dividends }) => dividends) }
    }
    t.same(between('2026-01-01', END), expected)
    t.same(between(DATE, END), { splits: expected.splits.filter(({ exDate }) => exDate === DATE), dividends: expected.dividends.filter(({ exDate }) => exDate === DATE) })
    for (const field of needed) {
      const said = refusal(() => answers.map((answer) => actions!.read(Buffer.from(samples.renamed(answer, field)), SYMBOL, range)))
      t.ok(said.startsWith('ANSWER_') && said.includes(field), `${field}: ${said}`)
    }
    t.match(refusal(() => actions!.read(Buffer.from('[1,'), SYMBOL, range)), /^ANSWER_/)
    if (samples.namesSymbol) t.match(refusal(() => actions!.read(Buffer.from(answers[0]!), 'OTHER', range)), /^ANSWER_OTHER_SYMBOL/)
  })

  await t.test(`${provider.name}: what a response comes to`, async (t) => {
    const judged = (kind: keyof typeof samples.responses) => samples.responses[kind].map(({ status, body }) => provider.judge({ status, body: Buffer.from(body) }))
    t.match(provider.judge({ status: 200, body: Buffer.from(samples.days) }), { kind: 'answer' })
    t.match(provider.judge({ status: 200, body: Buffer.from(samples.nothing) }), { kind: 'answer' })
    for (const judgement of judged('nothing')) t.match(judgement, { kind: 'nothing' })
    for (const judgement of judged('stops')) t.match(judgement, { kind: 'failed', stops: true, again: false })
    for (const judgement of judged('again')) t.match(judgement, { kind: 'failed', stops: false, again: true })
    for (const judgement of judged('exhausted')) t.match(judgement, { kind: 'failed', code: 'QUOTA_USED_UP', stops: true, again: false, hint: /\S/ }, 'it is told when there is more')
    for (const status of [201, 204, 301, 400, 402, 418, 502, 599]) t.match(provider.judge({ status, body: Buffer.from('[1,') }), { kind: /^failed$/, code: /^[A-Z_]+$/, message: /\S/ }, String(status))
  })
}
