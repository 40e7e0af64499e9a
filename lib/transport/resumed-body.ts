import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { SourceError } from '../domain/errors.js'
import { retry, type RetryPolicy, type RetryTools, type TransientError } from './retry.js'
import { withinTime } from './time-limit.js'

const BUFFER_BYTES = 256 * 1024

export interface ResumedBodyOptions {
  key: string
  /** Bytes of the whole object. */
  size: number
  /** MD5 of the whole object, hexadecimal, where known. */
  md5: string | undefined
  /** Longest silence of the server while bytes are wanted. */
  idleMs: number
  policy: RetryPolicy
  tools: RetryTools
  /** The object's bytes from the offset to its end. Throws TransientError for what may pass. */
  get: (offset: number, signal: AbortSignal) => Promise<Readable>
  /** The error of a body that broke at the offset. */
  broken: (error: unknown, offset: number) => TransientError
}

/**
 * An object's bytes as one stream, resumed where a connection broke or fell silent, and checked as a whole: the stream
 * fails with a SourceError when the bytes are too many or do not have the MD5 they should, or once resuming has failed
 * too often. It reads ahead no more than its buffer.
 */
export function resumedBody(options: ResumedBodyOptions, signal: AbortSignal): Readable {
  const stop = new AbortController()
  const abort = () => out.destroy(signal.reason as Error)
  const out = new PassThrough({
    highWaterMark: BUFFER_BYTES,
    destroy(cause, done) {
      signal.removeEventListener('abort', abort)
      stop.abort(cause ?? new Error('no longer wanted'))
      done(cause)
    },
  })
  out.on('error', () => {}) // kept for whoever reads the stream, also when that is later
  signal.addEventListener('abort', abort)
  copy(options, out, stop.signal).then(() => out.end(), (cause: Error) => out.destroy(cause))
  return out
}

async function copy({ key, size, md5, idleMs, policy, tools, get, broken }: ResumedBodyOptions, out: PassThrough, signal: AbortSignal): Promise<void> {
  const hash = md5 === undefined ? undefined : createHash('md5')
  const state = { key, size, idleMs, broken, out, hash, offset: 0 }
  await retry(async (progressed) => {
    const body = await get(state.offset, signal)
    try {
      await copyPart(state, body, progressed, signal)
    } finally {
      body.destroy()
    }
  }, policy, tools, signal)
  if (hash && hash.digest('hex') !== md5) {
    throw new SourceError('SOURCE_CHECKSUM', `${key} did not arrive as it is stored: its MD5 is not the ETag`, { hint: 'load the date again' })
  }
}

interface Copy extends Pick<ResumedBodyOptions, 'key' | 'size' | 'idleMs' | 'broken'> {
  out: PassThrough
  hash: Hash | undefined
  /** Bytes handed on so far. */
  offset: number
}

/** Hands on what one answer brings; returns when the object is complete. */
async function copyPart(copy: Copy, body: Readable, progressed: () => void, signal: AbortSignal): Promise<void> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  for (;;) {
    const next = await withinTime(copy.idleMs, signal, () => chunks.next()).catch((error: unknown) => {
      signal.throwIfAborted()
      throw copy.broken(error, copy.offset)
    })
    if (next.done === true) break
    copy.offset += next.value.length
    if (copy.offset > copy.size) {
      throw new SourceError('SOURCE_LENGTH', `${copy.key} sends more than the ${copy.size} bytes it is listed with`)
    }
    progressed()
    copy.hash?.update(next.value)
    if (!copy.out.write(next.value)) await once(copy.out, 'drain', { signal })
  }
  if (copy.offset < copy.size) throw copy.broken(new Error(`the answer ended before byte ${copy.size}`), copy.offset)
}
