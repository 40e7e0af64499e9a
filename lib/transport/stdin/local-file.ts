import path from 'node:path'
import type { Readable } from 'node:stream'
import type { IsoDate } from '../../domain/dates.js'
import { SourceError, UsageError } from '../../domain/errors.js'
import { identifyRegularFile, kindOf, openRegularFile, statsOf } from '../directory/regular-file.js'
import { relay } from '../relay.js'
import type { DayFile, Source } from '../source.js'

/** Reads from the terminal would wait for someone to type a day file. */
export type Stdin = Readable & { isTTY?: boolean }

/** One local file as the day file of one date. @throws UsageError when the path is no regular file */
export function localFileSource(name: string, date: IsoDate, { maxFileBytes }: { maxFileBytes: number }): Source {
  const key = path.resolve(name)
  const stats = statsOf(key)
  if (!stats) throw new UsageError('FILE_NOT_FOUND', `the file ${key} is not there`)
  if (!stats.isFile()) {
    throw new UsageError('FILE_NOT_REGULAR', `${name} is ${kindOf(stats)}, not a regular file`, {
      hint: stats.isDirectory() ? 'a directory of day files is loaded with --source' : 'to read a pipe, send it to stdin and use --file -',
    })
  }
  return oneFile(key, { date, key, size: stats.size, identity: undefined }, {
    identify: (file, signal, known) => identifyRegularFile(file, maxFileBytes, signal, known),
    open: (file, signal) => openRegularFile(file, signal),
  })
}

/** Stdin as the day file of one date; its bytes can be had once. @throws UsageError when stdin is a terminal */
export function stdinSource(stdin: Stdin, date: IsoDate): Source {
  if (stdin.isTTY === true) {
    throw new UsageError('STDIN_IS_A_TERMINAL', '--file - reads the day file from stdin, but stdin is a terminal', {
      hint: `send a file to it: ohlcv load --file - --date ${date} < ${date}.csv.gz`,
    })
  }
  let taken = false
  return oneFile('stdin', { date, key: '-', size: undefined, identity: undefined }, {
    identify: async () => undefined,
    async open(_file, signal) {
      if (taken) throw new SourceError('STDIN_READ_ALREADY', 'stdin has been read already and cannot be read again')
      taken = true
      return relay(stdin, signal, (cause) => new SourceError('SOURCE_UNREADABLE', `stdin cannot be read: ${cause.message}`, { cause }))
    },
  })
}

function oneFile(uri: string, file: DayFile, access: Pick<Source, 'identify' | 'open'>): Source {
  return {
    provider: 'massive',
    uri,
    list: async (_dataset, range) => new Map(file.date >= range.start && file.date <= range.end ? [[file.date, file]] : []),
    probe: async () => 'absent',
    ...access,
    async close() {},
  }
}
