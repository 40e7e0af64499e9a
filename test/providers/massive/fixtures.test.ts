import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { REASONS_OF_KNOWN_SECURITIES } from '../../../lib/domain/reject.js'
import { MASSIVE } from '../../../lib/providers/massive/massive.js'
import { FIXTURES, fixtureText } from '../../helpers/load.js'
import { readText } from '../day-files.js'

// What awk made of the same files, see fixtures/expected.sh; and the odd ones, whose results were written by hand.

const rowsOf = (name: string): string[][] => readFileSync(path.join(FIXTURES, 'expected', name), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
const isJudgedHere = (reason: string): boolean => !(REASONS_OF_KNOWN_SECURITIES as readonly string[]).includes(reason)
const [dates, rejects, bars] = [rowsOf('dates.csv'), rowsOf('rejects.csv'), rowsOf('bars.csv')]

await t.test('the rows of the fixtures are those that awk finds', async (t) => {
  t.ok(dates.length > 15 && rejects.some(([, , , reason]) => isJudgedHere(reason!)))
  for (const [date = '', read] of dates) {
    const found = readText(MASSIVE, DAY_AGGS, isoDate(date), fixtureText(date))
    const expected = rejects.filter(([on, , , reason]) => on === date && isJudgedHere(reason!)).map(([, line, , reason]) => `${line} ${reason}`)
    t.equal(found.tally.counts.read, Number(read), `${date}: rows`)
    t.same(found.tally.rejects.map(({ line, reason }) => `${line} ${reason}`), expected, `${date}: rejects`)
    t.equal(found.bars.length, Number(read) - expected.length, `${date}: bars`)
    t.ok(found.bars.every(({ slot }) => slot === 0))
    for (const [, symbol, ...numbers] of bars.filter(([on]) => on === date)) {
      const { open, high, low, close, volume, transactions } = found.bars.find((bar) => bar.symbol === symbol)!
      t.same([open, high, low, close, volume, transactions], numbers, `${date} ${symbol}`)
    }
  }
})

interface Odd {
  file: string
  date: string
  read?: number
  rejects?: Record<string, string>
  stored?: string[]
  error?: string
}

const ODD = path.join(FIXTURES, 'odd')
const HEADER_FAULTS = new Set(['SOURCE_NOT_CSV', 'SOURCE_WRONG_HEADER'])
const odd = (JSON.parse(readFileSync(path.join(ODD, 'expected.json'), 'utf8')) as Odd[])
  .filter(({ file, error }) => readdirSync(ODD).includes(file) && file.endsWith('.csv') && (error === undefined || HEADER_FAULTS.has(error)))

for (const { file, date, read, rejects, stored, error } of odd) {
  await t.test(`${file} ${error === undefined ? 'has its rows read or rejected' : `is refused with ${error}`}`, async (t) => {
    const text = readFileSync(path.join(ODD, file), 'latin1').replace(/^\xef\xbb\xbf/, '')
    const reading = () => readText(MASSIVE, DAY_AGGS, isoDate(date), text)
    if (error !== undefined) {
      t.throws(reading, { name: 'SourceError', code: error })
      return
    }
    const found = reading()
    t.equal(found.tally.counts.read, read)
    const expected = Object.entries(rejects ?? {}).filter(([, reason]) => isJudgedHere(reason))
    t.same(found.tally.rejects.map(({ line, reason }) => [String(line), reason]), expected)
    const texts = new Set(found.bars.map(({ symbol, open, high, low, close, volume, transactions }) => [symbol, open, high, low, close, volume, transactions ?? ''].join(',')))
    t.same(stored!.filter((bar) => !texts.has(bar)), [])
  })
}
