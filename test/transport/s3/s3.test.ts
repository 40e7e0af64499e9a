import t from 'tap'
import type { Test } from 'tap'
import { memoryObject } from '../../helpers/s3-objects.js'
import type { S3ServerOptions } from '../../helpers/s3-server.js'
import { sourceContract } from '../contract.js'
import { s3 } from './fixture.js'

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
