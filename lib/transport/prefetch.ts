import { setMaxListeners } from 'node:events'
import { Readable } from 'node:stream'
import { relay } from './relay.js'
import type { ObjectAccess, StoredObject } from './transport.js'

/** Most bodies under way or waiting at once: where each connection is throttled, a place is as fast as it has connections. */
const MOST_AHEAD = 12
/** Most bytes of them in memory: some hundred day files, or one minute file. */
const BYTES_AHEAD = 32 * 1024 ** 2

/** A place that is read ahead; to be stopped when nothing more is wanted. */
export interface Prefetching<Place extends ObjectAccess> {
  source: Place
  /** Ends what is under way and forgets what was not asked for. */
  stop: () => void
}

/**
 * Reads objects ahead in the order in which they will be opened, into memory and within a budget: while one is worked on
 * the next ones arrive. An object of unknown size or too large for the budget, or opened a second time, is read as the place
 * reads it. What fails ahead fails when it is opened.
 */
export function prefetching<Place extends ObjectAccess>(source: Place, expected: readonly StoredObject[], signal: AbortSignal): Prefetching<Place> {
  const stopped = new AbortController()
  const until = AbortSignal.any([signal, stopped.signal])
  setMaxListeners(0, until) // one for each body under way
  const ahead = new Map<StoredObject, Promise<Buffer[]>>()
  const opened = new Set<StoredObject>()
  let next = 0
  let bytes = 0

  async function fetch(object: StoredObject): Promise<Buffer[]> {
    const chunks: Buffer[] = []
    for await (const chunk of await source.open(object, until)) chunks.push(chunk as Buffer)
    return chunks
  }

  function fill(): void {
    for (; next < expected.length && ahead.size < MOST_AHEAD && !until.aborted; next++) {
      const object = expected[next]!
      const { size = Infinity } = object
      if (opened.has(object) || size > BYTES_AHEAD) continue
      if (bytes + size > BYTES_AHEAD) return
      bytes += size
      const body = fetch(object)
      body.catch(() => {}) // kept for whoever opens the object
      ahead.set(object, body)
    }
  }

  async function* deliver(body: Promise<Buffer[]>): AsyncGenerator<Buffer> {
    yield* await body
  }

  return {
    source: {
      ...source,
      async open(object, signal) {
        fill()
        opened.add(object)
        const body = ahead.get(object)
        if (body === undefined) return source.open(object, signal)
        ahead.delete(object)
        const stream = relay(Readable.from(deliver(body), { objectMode: false }), signal, (cause) => cause)
        stream.once('close', () => {
          bytes -= object.size ?? 0
          fill()
        })
        return stream
      },
    },
    stop: () => stopped.abort(new Error('no longer wanted')),
  }
}
