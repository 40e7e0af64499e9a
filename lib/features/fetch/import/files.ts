import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import type { Calendar } from '../../../calendar/calendar.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import { SourceError, UsageError } from '../../../domain/errors.js'
import { isSymbol } from '../../../domain/symbol.js'
import { Tally } from '../../../domain/tally.js'
import { wallTime } from '../../../domain/zone.js'
import type { BarSource } from '../../../providers/bar-provider.js'
import { decompress } from '../../../transport/decompress.js'
import type { Given } from './given.js'
import type { FilesRequest } from './request.js'

/** A file, and whose bars it holds. */
export interface ChosenFile {
  file: string
  symbol: string
}

/** Most bytes of a file: the daily bars of a century are less than three millions. */
const MOST_BYTES = 64 * 1024 ** 2

/** What names of exports have around the symbol: `aapl_us_d.csv`, `daily_IBM.csv`, `IBM_TIME_SERIES_DAILY.csv`, and copies of them. */
const AROUND = [/\.gz$/i, /\.(csv|txt)$/i, / ?\(\d+\)$/, /^(time_series_)?daily(_adjusted)?_/i, /_(time_series_)?daily(_adjusted)?$/i, /_d$/i, /[._]us$/i]

/** The symbol that the name of a file says; undefined where it says none. */
export function symbolOfName(file: string): string | undefined {
  const left = AROUND.reduce((name, around) => name.replace(around, ''), path.basename(file)).toUpperCase()
  return isSymbol(left) && !left.includes('_') ? left : undefined
}

/** Whose bars each file holds. @throws UsageError where one cannot be read at all, or says no symbol */
export async function chooseFiles({ files, symbol }: FilesRequest): Promise<ChosenFile[]> {
  const chosen: ChosenFile[] = []
  for (const file of new Set(files)) {
    const named = symbol ?? symbolOfName(file)
    if (file === '-' ? symbol === null : named === undefined) {
      throw new UsageError('IMPORT_SYMBOL', file === '-' ? 'which files, or whose bars come by stdin?' : `the name ${JSON.stringify(path.basename(file))} does not say whose bars the file holds`, {
        hint: file === '-' ? 'name the files, or give the symbol of what comes by stdin: --symbol AAPL' : 'name it with --symbol, one file at a time, or call the file by its symbol: AAPL.csv, aapl_us_d.csv, daily_AAPL.csv',
      })
    }
    if (file !== '-') {
      await access(file, constants.R_OK).catch((cause: unknown) => {
        throw new UsageError('IMPORT_FILE_UNREADABLE', `the file ${file} cannot be read: ${(cause as Error).message}`, { cause })
      })
    }
    chosen.push({ file, symbol: named! })
  }
  return chosen
}

/** The text of a file, gzipped or not. @throws SourceError */
async function bytesOf(file: string, stdin: NodeJS.ReadableStream): Promise<Buffer> {
  const { stage } = decompress({ name: file, maxFileBytes: Infinity, withVersion: false })
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stage((file === '-' ? stdin : createReadStream(file)) as AsyncIterable<Buffer>)) {
      length += chunk.length
      if (length > MOST_BYTES) throw new SourceError('IMPORT_FILE_TOO_LARGE', `${file} has more than ${MOST_BYTES} bytes once decompressed, which no daily bars of one symbol have`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof SourceError) throw cause
    throw new SourceError('IMPORT_FILE_UNREADABLE', `the file ${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  return Buffer.concat(chunks)
}

async function givenOf({ file, symbol }: ChosenFile, provider: BarSource, calendar: Calendar, now: Date, stdin: NodeJS.ReadableStream): Promise<Given> {
  const { date: today } = wallTime(now, calendar.exchange.zone)
  const given = { symbol, part: file === '-' ? 'stdin' : path.basename(file), range: { start: today, end: today } }
  try {
    const body = await bytesOf(file, stdin)
    const periods = timespanNamed('day').periods(calendar.range)
    const { rows, bars } = provider.files!.read(body, symbol, { timespan: 'day', periods, tally: new Tally(0), firstRow: 1 })
    const dates = bars.map(({ slot }) => periods.dateOf(slot)).toSorted()
    return { ...given, range: { start: dates[0] ?? today, end: dates.at(-1) ?? today }, rows, body: () => body, fault: null }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { ...given, rows: 0, body: () => Buffer.alloc(0), fault: error }
  }
}

/** What the files hold, one in memory at a time. */
export async function* givenByFiles(files: readonly ChosenFile[], provider: BarSource, calendar: Calendar, now: Date, stdin: NodeJS.ReadableStream): AsyncGenerator<Given, void, undefined> {
  for (const file of files) yield givenOf(file, provider, calendar, now, stdin)
}
