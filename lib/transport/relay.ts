import { PassThrough, pipeline, type Readable } from 'node:stream'
import { OhlcvError } from '../domain/errors.js'

const BUFFER_BYTES = 256 * 1024

/**
 * The same bytes, with errors in our words and stopped by the signal (then the error is the signal's reason).
 * Destroying the result destroys the source. `judge` says, once all bytes have come, what is wrong with them, if anything.
 */
export function relay(source: Readable, signal: AbortSignal, translate: (cause: Error) => Error, judge: () => Error | null = () => null): Readable {
  const relayed = new PassThrough({
    highWaterMark: BUFFER_BYTES,
    flush: (done) => done(judge()),
    destroy(cause, done) {
      signal.removeEventListener('abort', abort)
      done(cause === null || cause === signal.reason || cause instanceof OhlcvError ? cause : translate(cause))
    },
  })
  const abort = () => relayed.destroy(signal.reason as Error)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  relayed.on('error', () => {}) // kept for whoever reads the stream, also when that is later
  pipeline(source, relayed, () => {}) // the outcome shows at `relayed`
  return relayed
}
