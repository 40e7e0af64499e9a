import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import chain, { none } from 'stream-chain'
import type { Dataset } from '../../../datasets/dataset.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { RepeatedBar } from '../../../domain/bar.js'
import { SourceError } from '../../../domain/errors.js'
import type { Failpoints } from '../../../domain/failpoint.js'
import { Tally } from '../../../domain/tally.js'
import { beginStaging, copyIntoStaging, differingRepeats } from '../../../store/bars/staging.js'
import type { Universe } from '../../../domain/universe.js'
import { csvLines, type CsvBlock, type CsvLine } from '../../../formats/csv.js'
import { wholeLines } from '../../../formats/lines.js'
import { decompress, type Decompressed } from '../../../transport/decompress.js'
import type { DayFile, Source } from '../../../sources/source.js'
import { copyLine } from '../../../stages/copy-line.js'
import { identify } from '../../../stages/identify.js'
import { inUniverse } from '../../../stages/in-universe.js'
import { once } from '../../../stages/once.js'
import { inOrder, type Stage } from '../../../domain/stage.js'
import { validate } from '../../../stages/validate.js'
import { windowsOf } from '../../../datasets/window.js'
import type { Turns } from './turns.js'

/** Bounds on what a file may cost. */
export interface Limits {
  maxLineBytes: number
  maxFileBytes: number
  maxFileLines: number
  maxRejectedRows: number
}

/** A file to stage, and what decides about its rows. */
export interface StageJob {
  dataset: Dataset
  source: Source
  file: DayFile
  date: IsoDate
  universe: Universe
  /** The symbols of an override, or null. */
  selected: ReadonlySet<string> | null
  limits: Limits
  signal: AbortSignal
  now: () => Date
  failpoint: Failpoints
  turns: Turns
}

/** A file whose rows are in the connection's staging table, or counted and kept as rejects. */
export interface StagedDay {
  file: DayFile
  /** What marks the staging table as this load's. */
  token: string
  /** By which its symbols were mapped; no other may be merged with. */
  universe: Universe
  /** Which version of the file this is. */
  version: string
  bytes: Decompressed
  pulledAt: Date
  tally: Tally
}

/** Rows wait in at most this many blocks between two steps; that bounds memory and lets the socket feel a slow server. */
const BLOCKS_IN_FLIGHT = 2

function eachLine(stages: Stage<CsvLine, string>, tally: Tally) {
  return (block: CsvBlock): string | typeof none => {
    tally.from(block)
    let copied = ''
    for (const line of block.lines) {
      const text = stages(line)
      if (text !== none) copied += text
    }
    return copied === '' ? none : copied
  }
}

/** A step that changes nothing: a block is worked on when it is the date's turn. */
function inTurn(turns: Turns, date: IsoDate) {
  return async (bytes: Buffer): Promise<Buffer> => {
    await turns.next(date)
    return bytes
  }
}

/** A step that changes nothing: between two blocks COPY is under way. */
function reached(failpoint: Failpoints) {
  return async (copied: string): Promise<string> => {
    await failpoint('mid-copy')
    return copied
  }
}

/** Judges the repeated rows now that their first is staged: equal ones are counted once, different ones rejected. */
async function settleRepeats(client: pg.ClientBase, repeats: readonly RepeatedBar[], tally: Tally): Promise<void> {
  if (repeats.length === 0) return
  const different = await differingRepeats(client, repeats)
  for (const repeat of repeats) tally.repeated(repeat, different.has(repeat.bar.line))
}

/** What is wrong with a file as a whole, if anything. */
function faultOf({ counts, rejects, reasons }: Tally, contentBytes: number, selected: ReadonlySet<string> | null): SourceError | undefined {
  if (contentBytes === 0) return new SourceError('SOURCE_EMPTY', 'the file is empty')
  if (counts.read === 0) return new SourceError('SOURCE_NO_ROWS', 'the file has a header but no rows')
  if (counts.staged > 0) return undefined
  if (counts.rejected > 0) {
    const others = counts.rejected === counts.read ? '' : ` that is not of another security`
    return new SourceError('SOURCE_NO_VALID_ROW', `none of the ${counts.rejected} rows${others} is valid; line ${rejects[0]?.line}: ${rejects[0]?.reason}`, {
      ...(reasons.has('wrong_date') && { hint: 'is it the file of another date?' }),
    })
  }
  if (selected !== null) return new SourceError('SOURCE_NO_SELECTED_ROW', `none of the ${counts.read} rows is of ${[...selected].join(', ')}`)
  return new SourceError('SOURCE_NO_KNOWN_ROW', `none of the ${counts.read} rows is of a security of the universe`, {
    hint: 'import the universe of that time, or take the symbols of the files: ohlcv universe discover',
  })
}

/**
 * The data path: bytes, gunzip, lines, fields, and one function after the other on each row, into this connection's
 * staging table, in a transaction. Nothing else changes in the database.
 * @throws SourceError when the file cannot be read as a day file, and whatever the source or the database throws
 */
export async function stageDay(client: pg.ClientBase, job: StageJob): Promise<StagedDay> {
  const { dataset, source, file, date, universe, selected, limits, signal, now, failpoint, turns } = job
  const tally = new Tally(limits.maxRejectedRows)
  const repeats: RepeatedBar[] = []
  const windows = windowsOf(dataset, date, dataset.zone)
  const bytes = decompress({ name: file.key, maxFileBytes: limits.maxFileBytes, withVersion: file.version === undefined })
  const stages = inOrder(
    source.formatOn(dataset, date).bars(windows, tally),
    inUniverse(universe, selected, tally),
    identify(universe, () => date, tally),
    validate(tally),
    once(windows, repeats, tally),
    copyLine(windows, tally),
  )

  const pulledAt = now()
  // Opened first: a source may take its time, and a transaction should not wait for it.
  const body = await source.open(file, signal)
  let token: string
  try {
    token = await beginStaging(client)
    await failpoint('before-copy')
    await pipeline(
      body,
      bytes.stage,
      chain([inTurn(turns, date), wholeLines(limits), csvLines, eachLine(stages, tally), reached(failpoint)], {
        writableHighWaterMark: BLOCKS_IN_FLIGHT,
        readableHighWaterMark: BLOCKS_IN_FLIGHT,
      }),
      copyIntoStaging(client),
      { signal },
    )
    await failpoint('after-copy')
    await settleRepeats(client, repeats, tally)
    await client.query('commit')
  } catch (error) {
    body.destroy()
    // On a connection that is gone the server rolls back by itself; the first error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw error
  }

  const read = bytes.result()
  const fault = faultOf(tally, read.contentBytes, selected)
  if (fault) throw fault
  return { file, token, universe, version: file.version ?? read.version ?? '', bytes: read, pulledAt, tally }
}
