import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import type { SingleObject } from '../transport.js'
import { versionOfRegularFile, kindOf, openRegularFile, statsOf } from './regular-file.js'

/** One local file. @throws UsageError when the path is no regular file */
export function localFile(name: string, { maxFileBytes }: { maxFileBytes: number }): SingleObject {
  const key = path.resolve(name)
  const stats = statsOf(key)
  if (!stats) throw new UsageError('FILE_NOT_FOUND', `the file ${key} is not there`)
  if (!stats.isFile()) {
    throw new UsageError('FILE_NOT_REGULAR', `${name} is ${kindOf(stats)}, not a regular file`, {
      hint: stats.isDirectory() ? 'a directory of day files is loaded with --source' : 'to read a pipe, send it to stdin and use --file -',
    })
  }
  return {
    uri: key,
    object: { key, size: stats.size, version: undefined },
    versionOf: (object, signal, known) => versionOfRegularFile(object, maxFileBytes, signal, known),
    open: (object, signal) => openRegularFile(object, signal),
    async close() {},
  }
}
