import t from 'tap'
import type { Test } from 'tap'
import { s3Source, type S3Options } from '../../lib/sources/s3.js'
import type { Source } from '../../lib/sources/source.js'
import { memoryObject } from '../helpers/s3-objects.js'
import { startS3Server, type S3Server, type S3ServerOptions } from '../helpers/s3-server.js'
import { sourceContract } from './contract.js'

export async function s3(t: Test, options: S3ServerOptions = {}, more: Partial<S3Options> = {}): Promise<{ server: S3Server; source: Source }> {
  const server = await startS3Server(options)
  const source = s3Source(`s3://flatfiles/us_stocks_sip`, { env: server.env, ...more })
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  return { server, source }
}

const place = (options: S3ServerOptions) => async (t: Test) => {
  const { server, source } = await s3(t, options)
  return {
    source,
    put: async (path: string, bytes: Buffer) => void server.objects.set(`us_stocks_sip/${path}`, memoryObject(bytes)),
    remove: async (path: string) => void server.objects.delete(`us_stocks_sip/${path}`),
  }
}

await t.test('S3 keeps the contract of sources', (t) => sourceContract(t, place({})))

await t.test('S3 keeps the contract with pages of one key and session credentials', (t) => sourceContract(t, place({ pageSize: 1, sessionToken: 'token/of+test' })))
