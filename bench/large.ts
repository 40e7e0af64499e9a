import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Dataset } from '../lib/datasets/dataset.js'
import { DAY_AGGS } from '../lib/datasets/day.js'
import { MINUTE_AGGS } from '../lib/datasets/minute.js'
import type { IsoDate } from '../lib/domain/dates.js'
import { instantOf } from '../lib/domain/zone.js'
import { dayFilePath } from '../lib/transport/source.js'
import { barLine, HEADER, securities } from './data.js'
import { Random } from './random.js'

const ZONE = 'America/New_York'
const MINUTE_MS = 60_000
/** 04:00 to 20:00, extended hours included. */
const MINUTES = 960
/** Unknown symbols of the large file; more than a load accepts would be another scenario. */
const FILLERS = 40_000

/** Writes a gzipped file under its final name only when it is whole; returns the folder to be given as `--source`. */
async function write(cache: string, name: string, dataset: Dataset, date: IsoDate, parts: () => Iterable<string>): Promise<string> {
  const root = path.join(cache, name)
  const file = path.join(root, dayFilePath(dataset, date))
  if (existsSync(file)) return root
  await mkdir(path.dirname(file), { recursive: true })
  await pipeline(Readable.from(parts(), { objectMode: true }), createGzip({ level: 4 }), createWriteStream(`${file}.part`))
  await rename(`${file}.part`, file)
  return root
}

/** A minute file of about so many rows: each security at as many of the day's minutes as it takes, in order. */
export function minuteFile(cache: string, date: IsoDate, rows: number, symbols: number, seed: number): Promise<string> {
  return write(cache, `minute-${rows}x${symbols}-${seed}`, MINUTE_AGGS, date, function* parts() {
    const random = new Random(seed)
    const list = securities(symbols, new Random(seed))
    const share = rows / symbols / MINUTES
    const first = instantOf(date, '04:00', ZONE).getTime()
    yield HEADER
    for (const security of list) {
      let text = ''
      for (let minute = 0; minute < MINUTES; minute++) {
        if (random.next() < share) text += barLine(security, 1 / MINUTES, true, `${first + minute * MINUTE_MS}000000`, random)
      }
      if (text !== '') yield text
    }
  })
}

/** A day file of so many bytes: one good row of each security, then rows of symbols that the universe lacks, again and again. */
export function largeDayFile(cache: string, date: IsoDate, bytes: number, symbols: number, seed: number): Promise<string> {
  return write(cache, `large-${bytes}-${seed}`, DAY_AGGS, date, function* parts() {
    const random = new Random(seed)
    const windowStart = `${instantOf(date, '00:00', ZONE).getTime()}000000`
    yield HEADER
    yield securities(symbols, new Random(seed)).map((security) => barLine(security, 1, true, windowStart, random)).join('')
    let fillers = ''
    for (let i = 0; i < FILLERS; i++) fillers += `zz${i},1000.500000,10.100000,10.200000,10.300000,10.000000,${windowStart},12\n`
    for (let written = 0; written < bytes; written += fillers.length) yield fillers
  })
}
