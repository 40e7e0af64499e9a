import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { UsageError } from '../../domain/errors.js'
import type { Listing, Listings } from '../../formats/listing.js'
import { isNasdaqtrader, readNasdaqtrader } from '../../providers/nasdaqtrader/symbol-directory.js'
import { readUniverseCsv } from '../../formats/universe-csv.js'
import { datesText, overlap } from './identity.js'

/** A whole universe has about 1 MB; a file beyond this is something else. */
const MAX_BYTES = 256 * 1024 ** 2

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new UsageError('UNIVERSE_FILE_UNREADABLE', `the file ${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function textOf(file: string, bytes: Buffer): string {
  let plain = bytes
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: MAX_BYTES })
    } catch (cause) {
      throw new UsageError('UNIVERSE_FILE_UNREADABLE', `the file ${file} is gzip data that cannot be read: ${(cause as Error).message}`, { cause })
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
  } catch (cause) {
    throw new UsageError('UNIVERSE_FILE_UNREADABLE', `the file ${file} is not UTF-8 text`, { cause })
  }
}

/** @throws UsageError UNIVERSE_ROWS_OVERLAP where two rows would have one symbol name two securities at once */
function refuseOverlaps(file: string, rows: readonly Listing[]): void {
  const seen = new Map<string, Listing[]>()
  for (const row of rows) {
    const others = seen.get(row.symbol)
    if (!others) {
      seen.set(row.symbol, [row])
      continue
    }
    const other = others.find((other) => overlap(other, row))
    if (other) {
      throw new UsageError('UNIVERSE_ROWS_OVERLAP', `${file}: lines ${other.line} and ${row.line} both are about ${row.symbol}, ${datesText(other)} and ${datesText(row)}`, {
        hint: 'a symbol names one security on a date; give both rows dates that do not overlap; nothing was imported',
      })
    }
    others.push(row)
  }
}

/**
 * Reads a universe file, gzipped or not: CSV, or a directory of nasdaqtrader.com, told by its header.
 * @throws UsageError naming file and line
 */
export async function readUniverseFile(file: string): Promise<Listings> {
  const text = textOf(file, await bytesOf(file))
  const listings = isNasdaqtrader(text) ? readNasdaqtrader(file, text) : readUniverseCsv(file, text)
  if (listings.rows.length === 0) {
    throw new UsageError('UNIVERSE_FILE_EMPTY', `the file ${file} lists no security`, { hint: 'is the download complete? nothing was imported' })
  }
  refuseOverlaps(file, listings.rows)
  return listings
}
