import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Plain } from './route.js'

const gzipped = promisify(gzip)

/** How answers are compressed: in smaller blocks than usual, whose codes suit programs and pages better, by 0.3 %. */
export const COMPRESSION = { memLevel: 7 } as const

/** Below this many bytes compressing costs more than it saves. */
const WORTHWHILE = 1024

/** An answer as it goes over the wire. */
export interface Rendered {
  status: number
  type: string
  headers: Readonly<Record<string, string>>
  body: Buffer
  /** What the body is known by. */
  etag: string
  /** The body compressed, made when it is first wanted; null where that is not worthwhile. */
  gzipped: () => Promise<Buffer | null>
  /** About the memory that it takes. */
  size: number
}

/** Images and the like are compressed already. */
const isText = (type: string): boolean => /^(text\/|image\/svg|application\/([\w.-]+\+)?(json|javascript|xml|yaml))/.test(type)

/** An answer made ready to be sent, again and again. @param level how hard it is compressed, from 1 to 9: what is made once and sent for ever is worth more than what is made anew with each load */
export function render({ status = 200, type, body: given, headers = {} }: Plain, level = 6): Rendered {
  const body = Buffer.from(given)
  const worthwhile = body.length >= WORTHWHILE && isText(type)
  let compressed: Promise<Buffer> | undefined
  return {
    status, type, headers, body, size: body.length * (worthwhile ? 1.5 : 1),
    // Weak: the compressed body is the same answer in other bytes.
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    gzipped: async () => (worthwhile ? await (compressed ??= gzipped(body, { ...COMPRESSION, level })) : null),
  }
}
