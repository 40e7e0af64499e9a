import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_RETRY, type RetryTools } from '../retry.js'
import type { S3Bucket } from '../s3/bucket.js'
import { s3Place } from '../s3/place.js'
import type { S3Options } from '../s3/s3.js'
import { type Folder, unreadable, unwritable } from './folder.js'

const IDLE_MS = 30_000
/** Answers are kept to the end whatever stops the rest: each is small. */
const UNSTOPPED = new AbortController().signal
// As many requests as are under way listen to it.
setMaxListeners(0, UNSTOPPED)

/** Objects below `s3://bucket/prefix`, with the credentials of the standard AWS variables. @throws UsageError */
export function s3Folder(uri: string, { env, idleMs = IDLE_MS, policy = DEFAULT_RETRY, tools }: S3Options): Folder {
  const place = s3Place(uri, env)
  const delay: RetryTools['delay'] = (ms, signal) => sleep(ms, undefined, { signal })
  const persistence = { idleMs, policy, tools: { random: Math.random, now: () => performance.now(), delay, onRetry: () => {}, ...tools } }
  // loaded when first needed, as for day files
  let opened: Promise<S3Bucket> | undefined
  const open = () => (opened ??= import('../s3/bucket.js').then(({ S3Bucket }) => new S3Bucket(place, env, persistence)))
  const here = place.prefix === '' ? `s3://${place.bucket}` : `s3://${place.bucket}/${place.prefix}`
  const keyOf = (below: string): string => (place.prefix === '' ? below : `${place.prefix}/${below}`)
  const failed = (reason: string, cause: Error) => unwritable(here, reason, cause)
  return {
    uri: here,
    write: async (below, bytes) => (await open()).put(keyOf(below), bytes, failed, UNSTOPPED),
    read: async (below) => (await open()).whole(keyOf(below), (reason, cause) => unreadable(`${here}/${below}`, reason, cause), UNSTOPPED),
    remove: async (below) => (await open()).remove(keyOf(below), failed, UNSTOPPED),
    close: async () => (await opened)?.close(),
  }
}
