import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { crc32, gunzip, gzip, type ZlibOptions } from 'node:zlib'
import { SourceError, UsageError } from '../../domain/errors.js'
import { directoryFolder } from './directory.js'
import type { Folder } from './folder.js'
import { s3Folder } from './s3.js'

/** The bodies of answers as they came, each gzipped in a file that is named by the SHA-256 of the body: `PROVIDER/YYYY/MM/SHA256.json.gz`. Of a provider's answers about something else than bars `provider` is `PROVIDER/WHAT`. */
export interface KeptAnswers {
  /** For people: where they are. */
  uri: string
  /** Keeps a body; one that is there already is not written again. Returns its SHA-256, hexadecimal. @throws UsageError RAW_UNWRITABLE */
  put(provider: string, at: Date, body: Buffer): Promise<string>
  /** A body as it came. @param at as given to {@link put} @throws SourceError ANSWER_GONE, ANSWER_DAMAGED, ANSWER_UNREADABLE */
  get(provider: string, at: Date, sha256: string): Promise<Buffer>
  /** Keeps a body no longer; nothing where there is none. @throws UsageError RAW_UNWRITABLE */
  remove(provider: string, at: Date, sha256: string): Promise<void>
  /** Frees sockets. */
  close(): Promise<void>
}

/** Most bytes that a body may unpack to: larger ones are not taken from a provider. */
const MAX_BYTES = 1024 ** 3

/** Takes two fifths of the time that the usual level takes, for a tenth more bytes. */
const LEVEL = 4

const zip = promisify<Buffer, ZlibOptions, Buffer>(gzip)
const unzip = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)
const sha256Of = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

function pathOf(provider: string, at: Date, sha256: string): string {
  return `${provider}/${at.toISOString().slice(0, 7).replace('-', '/')}/${sha256}.json.gz`
}

/** Whether packed bytes end as those of the body do, by its CRC-32 and its length: RFC 1952, section 2.3.1. */
function endsAs(zipped: Buffer, body: Buffer): boolean {
  return zipped.length > 8 && zipped.readUInt32LE(zipped.length - 8) === crc32(body) && zipped.readUInt32LE(zipped.length - 4) === body.length
}

async function bodyOf(zipped: Buffer, sha256: string): Promise<Buffer | undefined> {
  const body = await unzip(zipped, { maxOutputLength: MAX_BYTES }).catch(() => undefined)
  return body && sha256Of(body) === sha256 ? body : undefined
}

/** Answers kept in a folder. */
export function answersIn(folder: Folder): KeptAnswers {
  return {
    uri: folder.uri,
    async put(provider, at, body) {
      const sha256 = sha256Of(body)
      const path = pathOf(provider, at, sha256)
      // One that ends otherwise was cut short by who copied it here.
      const kept = await folder.read(path).catch(() => undefined)
      if (kept === undefined || !endsAs(kept, body)) await folder.write(path, await zip(body, { level: LEVEL }))
      return sha256
    },
    async get(provider, at, sha256) {
      const path = pathOf(provider, at, sha256)
      const zipped = await folder.read(path)
      if (!zipped) throw new SourceError('ANSWER_GONE', `the kept answer ${folder.uri}/${path} is not there any more`, { hint: 'was it moved, or is OHLCV_RAW another place now?' })
      const body = await bodyOf(zipped, sha256)
      if (!body) throw new SourceError('ANSWER_DAMAGED', `the kept answer ${folder.uri}/${path} is not what was kept: its SHA-256 is another`, { hint: 'restore it from a backup, or fetch its bars again' })
      return body
    },
    remove: (provider, at, sha256) => folder.remove(pathOf(provider, at, sha256)),
    close: () => folder.close(),
  }
}

/** The answers kept in a directory or at `s3://bucket/prefix`; what is not there is made when first needed. @throws UsageError */
export function openAnswers(raw: string, env: NodeJS.ProcessEnv): KeptAnswers {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(raw)?.[1]?.toLowerCase()
  if (scheme === undefined) return answersIn(directoryFolder(raw))
  if (scheme === 's3') return answersIn(s3Folder(raw, { env }))
  // the rest is not repeated: it may hold a password
  throw new UsageError('RAW_PLACE', `answers cannot be kept at ${scheme}://`, { hint: 'OHLCV_RAW is a directory or s3://bucket/prefix' })
}
