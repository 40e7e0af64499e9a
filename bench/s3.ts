import { setTimeout as delay } from 'node:timers/promises'
import { directoryObjects, type S3Object } from '../test/helpers/s3-objects.js'
import { startS3Server, type S3Server } from '../test/helpers/s3-server.js'

/** What the vendor was measured at, by a consumer: see the issue. */
const FIRST_BYTE_MS = 50
const BYTES_PER_SECOND = 1_150_000
const SLICE_BYTES = 16 * 1024

/** The object, each reading of it as slow as one connection to the vendor. */
function throttled(object: S3Object): S3Object {
  return {
    ...object,
    async * read(start, end) {
      const begun = performance.now()
      let sent = 0
      for await (const chunk of object.read(start, end)) {
        for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
          const part = chunk.subarray(at, at + SLICE_BYTES)
          yield part
          sent += part.length
          const early = (sent / BYTES_PER_SECOND) * 1000 - (performance.now() - begun)
          if (early > 0) await delay(early)
        }
      }
    },
  }
}

/** Serves a folder of day files by S3's protocol, at full speed or as the vendor does. */
export async function serveS3(root: string, slow: boolean): Promise<S3Server> {
  const objects = await directoryObjects(root)
  if (!slow) return startS3Server({ objects })
  const server = await startS3Server({ objects: new Map([...objects].map(([key, object]) => [key, throttled(object)])) })
  server.faults.push({ operation: 'get', delay: FIRST_BYTE_MS, times: Infinity })
  return server
}
