import { setMaxListeners } from 'node:events'
import { Readable } from 'node:stream'
import { relay } from './relay.js'
import type { DayFile, Source } from './source.js'

/** Most bodies under way or waiting at once: where each connection is throttled, a source is as fast as it has connections. */
const MOST_AHEAD = 12
/** Most bytes of them in memory: some hundred day files, or one minute file. */
const BYTES_AHEAD = 32 * 1024 ** 2

/** A source that reads ahead; to be stopped when nothing more is wanted. */
export interface Prefetching {
  source: Source
  /** Ends what is under way and forgets what was not asked for. */
  stop: () => void
}

/**
 * Reads files ahead in the order in which they will be opened, into memory and within a budget: while one date is merged
 * the next ones arrive. A file of unknown size or too large for the budget, or opened a second time, is read as the source
 * reads it. What fails ahead fails when it is opened.
 */
export function prefetching(source: Source, expected: readonly DayFile[], signal: AbortSignal): Prefetching {
  const stopped = new AbortController()
  const until = AbortSignal.any([signal, stopped.signal])
  setMaxListeners(0, until) // one for each body under way
  const ahead = new Map<DayFile, Promise<Buffer[]>>()
  const opened = new Set<DayFile>()
  let next = 0
  let bytes = 0

  async function fetch(file: DayFile): Promise<Buffer[]> {
    const chunks: Buffer[] = []
    for await (const chunk of await source.open(file, until)) chunks.push(chunk as Buffer)
    return chunks
  }

  function fill(): void {
    for (; next < expected.length && ahead.size < MOST_AHEAD && !until.aborted; next++) {
      const file = expected[next]!
      const { size = Infinity } = file
      if (opened.has(file) || size > BYTES_AHEAD) continue
      if (bytes + size > BYTES_AHEAD) return
      bytes += size
      const body = fetch(file)
      body.catch(() => {}) // kept for whoever opens the file
      ahead.set(file, body)
    }
  }

  async function* deliver(body: Promise<Buffer[]>): AsyncGenerator<Buffer> {
    yield* await body
  }

  return {
    source: {
      ...source,
      async open(file, signal) {
        fill()
        opened.add(file)
        const body = ahead.get(file)
        if (body === undefined) return source.open(file, signal)
        ahead.delete(file)
        const stream = relay(Readable.from(deliver(body), { objectMode: false }), signal, (cause) => cause)
        stream.once('close', () => {
          bytes -= file.size ?? 0
          fill()
        })
        return stream
      },
    },
    stop: () => stopped.abort(new Error('no longer wanted')),
  }
}
