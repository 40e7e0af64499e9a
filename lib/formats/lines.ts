import { flushable, none } from 'stream-chain'
import { SourceError } from '../domain/errors.js'

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

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
 * most, and judges the length of every line the same way wherever the chunks happen to be cut.
 * @throws SourceError SOURCE_LINE_TOO_LONG, naming the line
 */
export function wholeLines(maxLineBytes: number) {
  let rest: Buffer = Buffer.alloc(0)
  let firstLine = 1
  let atStart = true

  const tooLong = (line: number) =>
    new SourceError('SOURCE_LINE_TOO_LONG', `line ${line} is longer than ${maxLineBytes} bytes`, { hint: 'is this a CSV file? the limit is the setting max-line-bytes' })

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
    firstLine += countNewlines(block.bytes)
    return block.bytes.length === 0 ? none : block
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
