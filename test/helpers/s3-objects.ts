import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** An object of the test S3 server. */
export interface S3Object {
  size: number
  /** Without quotes. */
  etag: string
  modified: Date
  /** The bytes from `start` up to and without `end`. */
  read: (start: number, end: number) => AsyncIterable<Buffer> | Iterable<Buffer>
}

const MODIFIED = new Date('2024-01-03T05:00:00Z')

/** An object of these bytes; its ETag is their MD5, as S3 has it for plain uploads. */
export function memoryObject(bytes: Buffer, etag = createHash('md5').update(bytes).digest('hex')): S3Object {
  return { size: bytes.length, etag, modified: MODIFIED, read: (start, end) => [bytes.subarray(start, end)] }
}

/** A large object without the memory: the chunk, so many times. */
export function repeatedObject(chunk: Buffer, times: number): S3Object {
  const hash = createHash('md5')
  for (let i = 0; i < times; i++) hash.update(chunk)
  return {
    size: chunk.length * times,
    etag: hash.digest('hex'),
    modified: MODIFIED,
    * read(start, end) {
      for (let at = start; at < end;) {
        const from = at % chunk.length
        const part = chunk.subarray(from, Math.min(chunk.length, from + end - at))
        yield part
        at += part.length
      }
    },
  }
}

/** The files below a directory as objects, read when asked for, their paths being the keys. */
export async function directoryObjects(root: string): Promise<Map<string, S3Object>> {
  const objects = new Map<string, S3Object>()
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted((a, b) => (a < b ? -1 : 1))) {
    const file = path.join(root, entry)
    const stats = statSync(file)
    if (!stats.isFile()) continue
    const hash = createHash('md5')
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
    objects.set(entry.split(path.sep).join('/'), {
      size: stats.size,
      etag: hash.digest('hex'),
      modified: stats.mtime,
      read: (start, end) => createReadStream(file, { start, end: end - 1 }),
    })
  }
  return objects
}
