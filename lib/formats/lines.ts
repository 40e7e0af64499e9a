import { flushable, none } from 'stream-chain'
import { SourceError } from '../domain/errors.js'

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Bounds on what the lines of a file may cost. */
export interface LineLimits {
  maxLineBytes: number
  maxFileLines: number
}

/** Some whole lines of a file, in order. */
export interface LineBlock {
  /** The lines, each ended by LF, the last line of the file perhaps not. */
  bytes: Buffer
  /** The number of the first of them in the file; the first line of a file is 1. */
  firstLine: number
}

function countNewlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/**
 * A step that turns chunks of bytes into blocks of whole lines, without a byte order mark. Keeps one unfinished line at
 * most, and judges the length and the number of lines the same way wherever the chunks happen to be cut. Blank lines count:
 * some megabytes of gzip can hold billions of them.
 * @throws SourceError SOURCE_LINE_TOO_LONG or SOURCE_TOO_MANY_LINES, naming the line
 */
export function wholeLines({ maxLineBytes, maxFileLines }: LineLimits) {
  let rest: Buffer = Buffer.alloc(0)
  let firstLine = 1
  let atStart = true

  const tooLong = (line: number) =>
    new SourceError('SOURCE_LINE_TOO_LONG', `line ${line} is longer than ${maxLineBytes} bytes`, { hint: 'is this a CSV file? the limit is the setting max-line-bytes' })

  const tooMany = () =>
    new SourceError('SOURCE_TOO_MANY_LINES', `line ${maxFileLines + 1} is one more than the ${maxFileLines} lines a file may have`, {
      hint: 'if the file is meant to be that long, raise --max-file-lines (OHLCV_MAX_FILE_LINES)',
    })

  function checkLengths(bytes: Buffer, line: number): void {
    let checked = 0
    while (bytes.length - checked > maxLineBytes) {
      const lineEnd = bytes.lastIndexOf(NEWLINE, checked + maxLineBytes)
      if (lineEnd < checked) throw tooLong(line + countNewlines(bytes.subarray(0, checked)))
      checked = lineEnd + 1
    }
  }

  function emit(bytes: Buffer): LineBlock | typeof none {
    const start = atStart && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0
    atStart = false
    const block = { bytes: bytes.subarray(start), firstLine }
    if (block.bytes.length === 0) return none
    firstLine += countNewlines(block.bytes)
    const lastLine = block.bytes.at(-1) === NEWLINE ? firstLine - 1 : firstLine
    if (lastLine > maxFileLines) throw tooMany()
    return block
  }

  return flushable(
    (chunk: Buffer): LineBlock | typeof none => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = bytes.lastIndexOf(NEWLINE) + 1
      checkLengths(bytes, firstLine)
      rest = bytes.subarray(end)
      return end === 0 ? none : emit(bytes.subarray(0, end))
    },
    () => (rest.length === 0 ? none : emit(rest)),
  )
}
