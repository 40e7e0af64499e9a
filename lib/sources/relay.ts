import { PassThrough, pipeline, type Readable } from 'node:stream'

const BUFFER_BYTES = 256 * 1024

/**
 * The same bytes, with errors in our words and stopped by the signal (then the error is the signal's reason).
 * Destroying the result destroys the source.
 */
export function relay(source: Readable, signal: AbortSignal, translate: (cause: Error) => Error): Readable {
  const relayed = new PassThrough({
    highWaterMark: BUFFER_BYTES,
    destroy(cause, done) {
      signal.removeEventListener('abort', abort)
      done(cause === null || cause === signal.reason ? cause : translate(cause))
    },
  })
  const abort = () => relayed.destroy(signal.reason as Error)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  relayed.on('error', () => {}) // kept for whoever reads the stream, also when that is later
  pipeline(source, relayed, () => {}) // the outcome shows at `relayed`
  return relayed
}
