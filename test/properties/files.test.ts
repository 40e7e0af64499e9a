import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type pg from 'pg'
import t from 'tap'
import { Universe } from '../../lib/domain/universe.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { SourceError } from '../../lib/domain/errors.js'
import { NO_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { stageDay } from '../../lib/features/load/day/stage-day.js'
import { Turns } from '../../lib/features/load/day/turns.js'
import { dayFileText, directorySource, manyBars } from '../helpers/load.js'
import { inputs, SEED } from './runs.js'

const DATE = isoDate('2025-01-06')
const GOOD = Buffer.from(dayFileText(DATE, [...manyBars(12), 'NOBODY,1,1,1,1,1,1', 'A003,10,10,10,10,100,1', 'A004,1,2,3,1,1,1']), 'latin1')
const universe = new Universe(manyBars(12).map((bar, symbolId) => ({ symbol: bar.split(',')[0]!, symbolId, from: null, to: null })), 0)
const source = directorySource(t.testdir({}))
const LIMITS = { maxLineBytes: 300, maxFileBytes: 100_000, maxFileLines: 1e6, maxRejectedRows: 1000 }

const byte = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...Buffer.from('",\r\n\0\t\\.-e0') ) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) })
const soup = fc.array(byte, { maxLength: 400 }).map((bytes) => Buffer.from(bytes))
const edit = fc.record({ at: fc.nat(GOOD.length), remove: fc.oneof(fc.nat(3), fc.nat(200)), insert: fc.oneof(fc.array(byte, { maxLength: 3 }), fc.array(byte, { maxLength: 350 })) })
const mutated = fc.array(edit, { maxLength: 6 }).map((edits) => {
  let bytes = GOOD
  for (const { at, remove, insert } of edits) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)])
  return bytes
})
const gzipped = fc.tuple(fc.oneof(mutated, soup), fc.constantFrom('whole', 'cut', 'flipped', 'followed', 'twice'), fc.nat()).map(([bytes, what, at]) => {
  const zipped = gzipSync(bytes)
  if (what === 'cut') return zipped.subarray(0, at % zipped.length)
  if (what === 'followed') return Buffer.concat([zipped, bytes.subarray(0, 5)])
  if (what === 'twice') return Buffer.concat([zipped, gzipSync(GOOD.subarray(60))])
  if (what === 'flipped') zipped.writeUInt8(zipped.readUInt8(at % zipped.length) ^ (1 << (at % 8)), at % zipped.length)
  return zipped
})

/** Takes the server's place, which has no part in what is tried here: keeps what is copied, and compares repeats with it. */
class Collector {
  copied = ''

  query(what: Writable | string, values: (string | number | null)[][] = []): unknown {
    if (typeof what !== 'string') {
      return new Writable({ decodeStrings: false, write: (text: string | Buffer, _encoding, done) => {
        this.copied += text.toString()
        done()
      } })
    }
    if (!what.includes('unnest')) return Promise.resolve({ rows: [{ there: false }] })
    const [lines, ...columns] = values
    const staged = new Set(this.copied.split('\n'))
    return Promise.resolve({ rows: lines!.flatMap((line, index) =>
      (staged.has(columns.map((column) => column[index] ?? '\\N').join('\t')) ? [] : [{ line }])) })
  }
}

/** A file's fate when its bytes arrive in these pieces. */
async function fate(bytes: Buffer, cuts: readonly number[]): Promise<unknown> {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const parts = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
  const client = new Collector()
  try {
    const { tally, version, bytes: { contentBytes } } = await stageDay(client as unknown as pg.ClientBase, {
      dataset: DAY_AGGS, source: { ...source, open: () => Promise.resolve(Readable.from(parts, { objectMode: false })) },
      file: { date: DATE, key: 'soup', size: bytes.length, version: undefined }, date: DATE, universe, selected: null, limits: LIMITS,
      signal: new AbortController().signal, now: () => new Date(0), failpoint: NO_FAILPOINTS, turns: new Turns(),
    })
    const { read, staged, rejected, unknown, notSelected, duplicates } = tally.counts
    if (read !== staged + rejected + unknown + notSelected + duplicates) throw new Error(`the sums are wrong: ${JSON.stringify(tally.counts)}`)
    if (client.copied.split('\n').length - 1 !== staged) throw new Error(`${staged} rows were counted as staged and not copied`)
    if (tally.rejects.length !== rejected) throw new Error('a reject was not kept')
    return { counts: tally.counts, rejects: tally.rejects.map((reject) => ({ ...reject, raw: reject.raw.toString('hex') })), unknown: [...tally.unknownSymbols], copied: client.copied, version, contentBytes }
  } catch (error) {
    if (error instanceof SourceError) return { error: error.code, message: error.message }
    throw error
  }
}

const cuts = fc.oneof({ weight: 9, arbitrary: fc.array(fc.nat(2000), { maxLength: 5 }) }, { weight: 1, arbitrary: fc.constant(Array.from({ length: 1500 }, (_, index) => index)) })

for (const [what, files] of [['any bytes', soup], ['a day file with faults', mutated]] as const) {
  await t.test(`${what}: loaded or refused, every row accounted for, in the same way however the bytes arrive`, async (t) => {
    await fc.assert(fc.asyncProperty(files, cuts, async (bytes, cuts) => {
      const [whole, pieces] = [await fate(bytes, []), await fate(bytes, cuts)]
      return JSON.stringify(whole) === JSON.stringify(pieces)
    }), { numRuns: inputs(t, 250), seed: SEED })
  })
}

await t.test('gzip, whole or damaged: loaded or refused, whatever becomes of it the same however the bytes arrive', async (t) => {
  await fc.assert(fc.asyncProperty(gzipped, cuts, async (bytes, cuts) => {
    const [whole, pieces] = [await fate(bytes, []), await fate(bytes, cuts)] as { error?: string }[]
    // Which of two faults is met first may depend on how far the inflater has got.
    if (whole!.error !== undefined) return pieces!.error !== undefined
    return JSON.stringify(whole) === JSON.stringify(pieces)
  }), { numRuns: inputs(t, 250), seed: SEED })
})
