import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { resumedBody } from '../../lib/transport/resumed-body.js'
import { DEFAULT_RETRY, TransientError } from '../../lib/transport/retry.js'
import { SIGNAL } from './contract.js'

await t.test('more bytes than an object is listed with fail it, whoever sends them', async (t) => {
  const body = resumedBody({
    key: 'a', size: 5, md5: undefined, idleMs: 1000, policy: DEFAULT_RETRY,
    tools: { random: () => 0, now: () => 0, delay: async () => {}, onRetry: () => {} },
    get: async () => Readable.from([Buffer.from('123'), Buffer.from('456')]),
    broken: (error) => new TransientError(error as Error),
  }, SIGNAL)
  await t.rejects(buffer(body), { name: 'SourceError', code: 'SOURCE_LENGTH', message: 'a sends more than the 5 bytes it is listed with' })
})

await t.test('a body that ends early is resumed where it was, and what it broke with in the end is the transport\'s own error', async (t) => {
  const offsets: number[] = []
  const body = (parts: readonly string[]) => resumedBody({
    key: 'a', size: 5, md5: undefined, idleMs: 1000, policy: { ...DEFAULT_RETRY, attempts: 3 },
    tools: { random: () => 0, now: () => 0, delay: async () => {}, onRetry: () => {} },
    get: async (offset) => {
      offsets.push(offset)
      return Readable.from((parts[offsets.length - 1] ?? '').split('').map((byte) => Buffer.from(byte)))
    },
    broken: (error, offset) => new TransientError(new Error(`broke at ${offset}: ${(error as Error).message}`)),
  }, SIGNAL)
  t.equal(String(await buffer(body(['12', '', '345']))), '12345')
  t.same(offsets, [0, 2, 2])
  offsets.length = 0
  await t.rejects(buffer(body(['12'])), { message: 'broke at 2: the answer ended before byte 5' })
})
