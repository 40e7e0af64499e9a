import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import { HttpFailure, type Progress } from './failure.js'

/** What a body says once it is decompressed. @throws HttpFailure HTTP_ENCODING where it is damaged, HTTP_TOO_LARGE where it has more than `most` bytes */
export async function decoded(raw: Buffer, encoding: string | undefined, most: number, { host, status, bytes }: Progress): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (raw.length === 0 || name === '' || name === 'identity') return raw
  const decode = decoderOf(name, raw)
  if (decode === undefined) throw new HttpFailure('HTTP_ENCODING', `${host} sent a body encoded in a way that was not asked for`, { status, bytes })
  try {
    return await promisify<Buffer, { maxOutputLength: number }, Buffer>(decode)(raw, { maxOutputLength: most })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new HttpFailure('HTTP_TOO_LARGE', `${host} sent an answer of more than ${most} bytes once decompressed`, { status, bytes })
    throw new HttpFailure('HTTP_ENCODING', `${host} sent damaged ${name} data: ${message}`, { status, bytes, again: true })
  }
}

type Decoder = typeof gunzip

/** By `deflate` the standard means zlib's format, and some servers the bare one: RFC 9110, section 8.4.1.2. */
function decoderOf(name: string, raw: Buffer): Decoder | undefined {
  if (name === 'gzip' || name === 'x-gzip') return gunzip
  if (name !== 'deflate') return undefined
  return (raw[0]! & 0x0f) === 8 && raw.length > 1 && raw.readUInt16BE(0) % 31 === 0 ? inflate : inflateRaw
}
