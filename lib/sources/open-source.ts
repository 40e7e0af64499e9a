import type { Readable } from 'node:stream'
import type { IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { Refusals } from '../domain/refusals.js'
import { DAY_FILE_PROVIDERS } from '../providers/providers.js'
import { localFile } from '../transport/directory/local-file.js'
import { openTransport, type TransportOptions } from '../transport/open-transport.js'
import { stdinObject } from '../transport/stdin/stdin.js'
import { sourceAt, sourceOfOne, type Source } from './source.js'

/** Reads from the terminal would wait for someone to type a day file. */
export type Stdin = Readable & { isTTY?: boolean }

const [PROVIDER] = DAY_FILE_PROVIDERS

/** The source that a URI names: `s3://bucket/prefix`, or a path or `file://` URL of a directory in the same layout. @throws UsageError */
export function openSource(uri: string, options: Omit<TransportOptions, 'refusals'>): Source {
  const refusals = new Refusals()
  return { ...sourceAt(openTransport(uri, { ...options, refusals }), PROVIDER), refusals }
}

/** One local file as the day file of one date. @throws UsageError when the path is no regular file */
export const localFileSource = (name: string, date: IsoDate, options: { maxFileBytes: number }): Source => sourceOfOne(localFile(name, options), date, PROVIDER)

/** Stdin as the day file of one date; its bytes can be had once. @throws UsageError when stdin is a terminal */
export function stdinSource(stdin: Stdin, date: IsoDate): Source {
  if (stdin.isTTY === true) {
    throw new UsageError('STDIN_IS_A_TERMINAL', '--file - reads the day file from stdin, but stdin is a terminal', {
      hint: `send a file to it: ohlcv load --file - --date ${date} < ${date}.csv.gz`,
    })
  }
  return sourceOfOne(stdinObject(stdin), date, PROVIDER)
}
