import { createHash, type Hash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SourceError } from '../domain/errors.js'

/** With node's default of 16 KiB the hops between threads cost more than the inflating; with more than this the rows of a chunk outlive the young heap. */
const CHUNK_BYTES = 32 * 1024

/** What {@link decompress} saw; final once its stage has ended. */
export interface Decompressed {
  /** Bytes as they came. */
  sizeBytes: number
  /** SHA-256 of the bytes as they came, hexadecimal. */
  sha256: string
  /** Bytes once decompressed. */
  contentBytes: number
  /** The version that the decompressed bytes give, `sha256:...`; undefined unless asked for. */
  version: string | undefined
}

export interface Decompression {
  /** For `pipeline(body, stage, ...)`, which is also what destroys the body when a later stage fails. */
  stage: (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer, void, undefined>
  result: () => Decompressed
}

export interface DecompressOptions {
  /** What is read, for messages: a key or a path. */
  name: string
  /** Most bytes the file may have once decompressed. */
  maxFileBytes: number
  /** Whether to compute {@link Decompressed.version}. */
  withVersion: boolean
}

/**
 * Turns the bytes of a day file into its text's bytes: gzip (RFC 1952, any number of members) is told from plain text by
 * its first two bytes. The stage throws a SourceError for gzip that is cut short (SOURCE_GZIP_TRUNCATED) or damaged
 * (SOURCE_GZIP_CORRUPT), for bytes after its end (SOURCE_TRAILING_BYTES) and for too many bytes (SOURCE_TOO_LARGE).
 * Damage shows as late as the last byte: nothing may be kept before the whole pipeline has ended well.
 */
export function decompress({ name, maxFileBytes, withVersion }: DecompressOptions): Decompression {
  const stored = new Count()
  const content = new Count(withVersion)

  async function* stage(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    const bytes = stored.of(source)
    const head = await firstBytes(bytes)
    const whole = startingWith(head, bytes)
    const gzipped = head[0] === 0x1f && head[1] === 0x8b
    for await (const chunk of content.of(gzipped ? gunzip(whole, stored, name) : whole)) {
      if (content.bytes > maxFileBytes) throw tooLarge(name, maxFileBytes)
      yield chunk
    }
  }

  return {
    stage,
    result: () => ({
      sizeBytes: stored.bytes,
      sha256: stored.sha256() ?? '',
      contentBytes: content.bytes,
      version: withVersion ? `sha256:${content.sha256()}` : undefined,
    }),
  }
}

/** Counts and hashes what passes. */
class Count {
  bytes = 0
  readonly #hash: Hash | undefined

  constructor(hashed = true) {
    this.#hash = hashed ? createHash('sha256') : undefined
  }

  async *of(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of source) {
      this.bytes += chunk.length
      this.#hash?.update(chunk)
      yield chunk
    }
  }

  sha256(): string | undefined {
    return this.#hash?.copy().digest('hex')
  }
}

async function firstBytes(bytes: AsyncGenerator<Buffer, void, undefined>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const next = await bytes.next()
    if (next.done === true) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return head
}

async function* startingWith(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head
  yield* rest
}

async function* gunzip(bytes: AsyncIterable<Buffer>, fed: Count, name: string): AsyncGenerator<Buffer, void, undefined> {
  const inflater = createGunzip({ chunkSize: CHUNK_BYTES })
  const feeding = pipeline(bytes, inflater)
  feeding.catch(() => {}) // what breaks the feeding also breaks the inflater, which is read below
  try {
    yield* inflater as AsyncIterable<Buffer>
  } catch (cause) {
    throw gzipError(cause, name)
  }
  // node's zlib ends quietly at the first zero byte after a member and ignores whatever follows
  if (inflater.bytesWritten < fed.bytes) throw trailingBytes(name)
  await feeding
}

/** What a failure of zlib means for the file; any other error is passed on as it is. */
function gzipError(cause: unknown, name: string): unknown {
  if (!(cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('Z_'))) return cause
  if (cause.code === 'Z_BUF_ERROR') {
    return new SourceError('SOURCE_GZIP_TRUNCATED', `${name} is cut short: its gzip data has no end`, { cause })
  }
  // the first member's magic number has been seen, so a wrong one is that of what follows a whole member
  if (cause.message === 'incorrect header check') return trailingBytes(name, cause)
  return new SourceError('SOURCE_GZIP_CORRUPT', `${name} is damaged gzip data: ${cause.message}`, { cause })
}

function trailingBytes(name: string, cause?: unknown): SourceError {
  return new SourceError('SOURCE_TRAILING_BYTES', `${name} has bytes after its gzip data that are no gzip data`, { cause })
}

function tooLarge(name: string, maxFileBytes: number): SourceError {
  return new SourceError('SOURCE_TOO_LARGE', `${name} has more than ${maxFileBytes} bytes once decompressed`, {
    hint: 'if the file is meant to be that large, raise --max-file-bytes (OHLCV_MAX_FILE_BYTES)',
  })
}
