import { readFile } from 'node:fs/promises'
import { UsageError } from '../../domain/errors.js'
import { isSymbol } from '../../domain/symbol.js'
import { csvLines, type CsvLine } from '../../formats/csv.js'

/** What the column of symbols may be called, in any case. */
const HEADERS = new Set(['symbol', 'ticker'])
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

function fail(file: string, what: string, hint?: string): UsageError {
  return new UsageError('SYMBOLS_FILE', `${file}${what}`, { ...(hint !== undefined && { hint }) })
}

/** What a line holds: fields without the space around them; undefined where it holds nothing or a comment. */
function fieldsOf(file: string, { line, fields }: CsvLine): { line: number; fields: string[] } | undefined {
  // The reader of lines makes a character of each byte.
  const trimmed = fields?.map((field) => Buffer.from(field, 'latin1').toString('utf8').trim())
  if (trimmed === undefined) throw fail(file, `, line ${line}: this is no CSV; a quote is out of place`)
  return trimmed.every((field) => field === '') || trimmed[0]!.startsWith('#') ? undefined : { line, fields: trimmed }
}

/**
 * The symbols that a file lists, each once: one a line, or a CSV whose header has a column symbol or ticker. Blank lines and those that begin with # say nothing.
 * @throws UsageError SYMBOLS_FILE, naming file and line
 */
export async function readSymbolsFile(file: string): Promise<string[]> {
  const read = await readFile(file).catch((cause: unknown) => {
    throw fail(file, ` cannot be read: ${(cause as Error).message}`)
  })
  const bytes = read.subarray(0, 3).equals(BYTE_ORDER_MARK) ? read.subarray(3) : read
  const lines = csvLines({ bytes, firstLine: 1 }).lines.flatMap((line) => fieldsOf(file, line) ?? [])
  const header = lines[0]?.fields.findIndex((field) => HEADERS.has(field.toLowerCase())) ?? -1
  const column = Math.max(header, 0)
  const symbols = new Set<string>()
  for (const { line, fields } of header < 0 ? lines : lines.slice(1)) {
    if (header < 0 && fields.length > 1) {
      throw fail(file, `, line ${line}: ${fields.length} fields, and no header that says which is the symbol`, 'give one symbol a line, or a header with a column symbol or ticker')
    }
    const symbol = fields[column] ?? ''
    if (!isSymbol(symbol)) throw fail(file, `, line ${line}: ${symbol === '' ? 'the symbol is missing' : `${JSON.stringify(symbol.slice(0, 40))} is no symbol`}`, 'a symbol is 1 to 32 visible ASCII characters without spaces')
    symbols.add(symbol)
  }
  if (symbols.size === 0) throw fail(file, ' lists no symbol')
  return [...symbols]
}
