import type { Readable } from 'node:stream'
import { SourceError } from '../../domain/errors.js'
import { relay } from '../relay.js'
import type { SingleObject } from '../transport.js'

/** What comes through stdin; its bytes can be had once. */
export function stdinObject(stdin: Readable): SingleObject {
  let taken = false
  return {
    uri: 'stdin',
    object: { key: '-', size: undefined, version: undefined },
    versionOf: async () => undefined,
    async open(_object, signal) {
      if (taken) throw new SourceError('STDIN_READ_ALREADY', 'stdin has been read already and cannot be read again')
      taken = true
      return relay(stdin, signal, (cause) => new SourceError('SOURCE_UNREADABLE', `stdin cannot be read: ${cause.message}`, { cause }))
    },
    async close() {},
  }
}
