import { parse } from 'csv-parse/sync'
import type { RawRows } from '../domain/tally.js'
import type { LineBlock } from './lines.js'

const CARRIAGE_RETURN = 0x0d
const QUOTE = 0x22

/** One line of a CSV file as fields; `fields` is null where the line is no CSV (a quote out of place). */
export interface CsvLine {
  line: number
  fields: string[] | null
}

/** The lines of a block that are not blank, and what they were made of. */
export interface CsvBlock extends RawRows {
  lines: CsvLine[]
}

// Bytes become characters one to one, so that a row can be given back as it came whatever its encoding.
const OPTIONS = { encoding: 'latin1', relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' } as const

/** The block without the CR of CRLF line ends. */
function withoutCarriageReturns(bytes: Buffer): Buffer {
  return bytes.includes(CARRIAGE_RETURN) ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : bytes
}

function rawLines(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function fieldsOf(line: string): string[] | null {
  try {
    return (parse(Buffer.from(line, 'latin1'), OPTIONS))[0] ?? null
  } catch {
    return null
  }
}

/**
 * Splits whole lines into fields. A row is a line: a field cannot hold a line break, so one stray quote costs one row and
 * not the rest of the file. Blocks without quotes go through the parser at once, those with one line by line.
 */
export function csvLines(block: LineBlock): CsvBlock {
  const bytes = withoutCarriageReturns(block.bytes)
  let raw: string[] | undefined
  const rawOf = () => (raw ??= rawLines(bytes))
  const lines: CsvLine[] = []
  if (bytes.includes(QUOTE) || bytes.includes('\n\n') || bytes[0] === 0x0a) {
    for (const [index, text] of rawOf().entries()) {
      if (text !== '') lines.push({ line: block.firstLine + index, fields: fieldsOf(text) })
    }
  } else {
    const records = parse(bytes, OPTIONS)
    for (let index = 0; index < records.length; index++) lines.push({ line: block.firstLine + index, fields: records[index]! })
  }
  return { lines, raw: (line) => Buffer.from(rawOf()[line - block.firstLine] ?? '', 'latin1') }
}
