import type { Test } from 'tap'
import { DEFAULT_RETRY } from '../../../lib/transport/retry.js'
import { s3Transport, type S3Options } from '../../../lib/transport/s3/s3.js'
import type { Transport } from '../../../lib/transport/transport.js'
import { memoryObject, type S3Object } from '../../helpers/s3-objects.js'
import { startS3Server, type S3Server, type S3ServerOptions } from '../../helpers/s3-server.js'

export interface S3Fixture {
  server: S3Server
  transport: Transport
  /** How long each retry would have waited, milliseconds. */
  waits: number[]
  /** Puts the object at the path below the place; returns its key. */
  publish: (path: string, object: S3Object | Buffer) => string
}

/** A running S3 server and a transport that reads it, with retries that wait for nothing and random numbers that are always a half. */
export async function s3(t: Test, options: S3ServerOptions = {}, more: Partial<S3Options> = {}): Promise<S3Fixture> {
  const server = await startS3Server(options)
  const waits: number[] = []
  const transport = s3Transport('s3://flatfiles/us_stocks_sip', {
    env: server.env,
    policy: { ...DEFAULT_RETRY, attempts: 4 },
    ...more,
    tools: { random: () => 0.5, delay: async (ms) => void waits.push(ms), ...more.tools },
  })
  t.teardown(async () => {
    await transport.close()
    await server.close()
  })
  const publish = (path: string, object: S3Object | Buffer) => {
    const key = `us_stocks_sip/${path}`
    server.objects.set(key, Buffer.isBuffer(object) ? memoryObject(object) : object)
    return key
  }
  return { server, transport, waits, publish }
}
