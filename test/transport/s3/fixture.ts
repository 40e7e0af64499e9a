import type { Test } from 'tap'
import { DEFAULT_RETRY } from '../../../lib/transport/retry.js'
import { s3Source, type S3Options } from '../../../lib/transport/s3/s3.js'
import type { Source } from '../../../lib/transport/source.js'
import { memoryObject, type S3Object } from '../../helpers/s3-objects.js'
import { startS3Server, type S3Server, type S3ServerOptions } from '../../helpers/s3-server.js'
import { pathOf } from '../contract.js'

export interface S3Fixture {
  server: S3Server
  source: Source
  /** How long each retry would have waited, milliseconds. */
  waits: number[]
  /** Makes the object the day file of the date; returns its key. */
  publish: (date: string, object: S3Object | Buffer) => string
}

/** A running S3 server and a source that reads it, with retries that wait for nothing and random numbers that are always a half. */
export async function s3(t: Test, options: S3ServerOptions = {}, more: Partial<S3Options> = {}): Promise<S3Fixture> {
  const server = await startS3Server(options)
  const waits: number[] = []
  const source = s3Source('s3://flatfiles/us_stocks_sip', {
    env: server.env,
    policy: { ...DEFAULT_RETRY, attempts: 4 },
    ...more,
    tools: { random: () => 0.5, delay: async (ms) => void waits.push(ms), ...more.tools },
  })
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  const publish = (date: string, object: S3Object | Buffer) => {
    const key = `us_stocks_sip/${pathOf(date)}`
    server.objects.set(key, Buffer.isBuffer(object) ? memoryObject(object) : object)
    return key
  }
  return { server, source, waits, publish }
}
