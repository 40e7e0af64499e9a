import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { resumedBody } from '../../lib/transport/resumed-body.js'
import { DEFAULT_RETRY } from '../../lib/transport/retry.js'
import { SIGNAL } from './contract.js'

await t.test('more bytes than an object is listed with fail it, whoever sends them', async (t) => {
  const body = resumedBody({
    key: 'a', size: 5, md5: undefined, idleMs: 1000, policy: DEFAULT_RETRY,
    tools: { random: () => 0, now: () => 0, delay: async () => {}, onRetry: () => {} },
    get: async () => Readable.from([Buffer.from('123'), Buffer.from('456')]),
  }, SIGNAL)
  await t.rejects(buffer(body), { name: 'SourceError', code: 'SOURCE_LENGTH', message: 'a sends more than the 5 bytes it is listed with' })
})
