import t from 'tap'
import type { Test } from 'tap'
import type { S3ServerOptions } from '../../helpers/s3-server.js'
import { transportContract } from '../contract.js'
import { s3 } from './fixture.js'

const place = (options: S3ServerOptions) => async (t: Test) => {
  const { server, transport, publish } = await s3(t, options)
  return {
    transport,
    put: async (path: string, bytes: Buffer) => void publish(path, bytes),
    remove: async (path: string) => void server.objects.delete(`us_stocks_sip/${path}`),
  }
}

await t.test('S3 keeps the contract of transports', (t) => transportContract(t, place({})))

await t.test('S3 keeps the contract with pages of one key and session credentials', (t) => transportContract(t, place({ pageSize: 1, sessionToken: 'token/of+test' })))
