import { createHash } from 'node:crypto'
import { constants, statSync, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ForbiddenError, SourceError, UsageError } from '../../domain/errors.js'
import { decompress } from '../decompress.js'
import { relay } from '../relay.js'
import type { KnownVersion, StoredObject } from '../transport.js'

const READ_BYTES = 256 * 1024

/** A file as it was when it was listed. */
type ListedFile = Pick<StoredObject, 'key' | 'size'>

/**
 * The bytes of a regular file (or of what a symbolic link to one names), as many as were listed: gzip that is cut where a
 * member of it ends looks whole. Anything else is refused without waiting for it: a FIFO without a writer, a device or a
 * socket would otherwise hang the load or never end.
 * @throws SourceError, ForbiddenError
 */
export async function openRegularFile({ key, size }: ListedFile, signal: AbortSignal): Promise<Readable> {
  const handle = await openHandle(key, signal)
  const bytes = handle.createReadStream({ highWaterMark: READ_BYTES })
  return relay(bytes, signal, (cause) => readError(key, cause), () => lengthError(key, bytes.bytesRead, size))
}

async function openHandle(path: string, signal: AbortSignal): Promise<FileHandle> {
  signal.throwIfAborted()
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch((cause: unknown) => {
    throw readError(path, cause)
  })
  const stats = await handle.stat()
  if (stats.isFile()) return handle
  await handle.close()
  throw new SourceError('SOURCE_NOT_A_FILE', `${path} is ${kindOf(stats)}, not a regular file`)
}

/**
 * The `sha256:` version of a local file, by its decompressed bytes, so that packing it anew does not change it; that of
 * the version known where the file has its very bytes, since unpacking takes longer than all else there is to do then.
 */
export async function versionOfRegularFile(file: ListedFile, maxFileBytes: number, signal: AbortSignal, known?: KnownVersion): Promise<string | undefined> {
  if (known && (await sha256OfFile(file.key, signal)) === known.sha256) return known.version
  const { stage, result } = decompress({ name: file.key, maxFileBytes, withVersion: true })
  await pipeline(await openRegularFile(file, signal), stage, async (chunks: AsyncIterable<Buffer>) => {
    for await (const _ of chunks) continue
  })
  return result().version
}

/** Without a stream: for hundreds of small files its making would take longer than the hashing. */
async function sha256OfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  const handle = await openHandle(path, signal)
  try {
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES).catch((cause: unknown) => {
        throw readError(path, cause)
      })
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** What a path names; undefined when there is nothing. @throws UsageError when that cannot be told */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined // as node 22 has it
    throw new UsageError('SOURCE_UNREADABLE', `${path} cannot be looked at: ${(cause as Error).message}`, { cause })
  }
}

/** What kind of thing a path names, for messages. */
export function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a regular file'
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a FIFO (a named pipe)'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

function readError(path: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return new SourceError('SOURCE_GONE', `${path} is not there`, { cause })
  if (code === 'EACCES' || code === 'EPERM') {
    return new ForbiddenError('SOURCE_FORBIDDEN', `${path} may not be read by this user`, { cause, hint: 'give this user the right to read it' })
  }
  return new SourceError('SOURCE_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}`, { cause })
}

function lengthError(path: string, bytes: number, size = bytes): SourceError | null {
  if (bytes === size) return null
  return new SourceError('SOURCE_LENGTH', `${path} has ${bytes} bytes and had ${size} when it was listed`, {
    hint: 'it is being written, or was replaced: load the date again once it is whole',
  })
}
