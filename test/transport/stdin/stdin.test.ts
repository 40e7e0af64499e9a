import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { stdinObject } from '../../../lib/transport/stdin/stdin.js'
import { SIGNAL, singleContract } from '../contract.js'

const inParts = (bytes: Buffer) => Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)], { objectMode: false })

await t.test('stdin keeps the contract of single objects', (t) => singleContract(t, (_t, bytes) => stdinObject(inParts(bytes))))

await t.test('it is read once, and only reading tells its version', async (t) => {
  const stdin = stdinObject(Readable.from([Buffer.from('a\n'), Buffer.from('A\n')], { objectMode: false }))
  t.same(stdin.object, { key: '-', size: undefined, version: undefined })
  t.equal(await stdin.versionOf(stdin.object, SIGNAL), undefined)
  t.equal(String(await buffer(await stdin.open(stdin.object, SIGNAL))), 'a\nA\n')
  await t.rejects(stdin.open(stdin.object, SIGNAL), { name: 'SourceError', code: 'STDIN_READ_ALREADY' })
})

await t.test('a signal ends the wait for a stdin that sends nothing', async (t) => {
  const stdin = new PassThrough()
  const object = stdinObject(stdin)
  const stop = new AbortController()
  const reason = new Error('stopped')
  const reading = object.open(object.object, stop.signal).then(buffer)
  stop.abort(reason)
  await t.rejects(reading, reason)
  t.ok(stdin.destroyed)
})

await t.test('a stdin that cannot be read is a source error', async (t) => {
  const stdin = stdinObject(createReadStream('/'))
  await t.rejects(stdin.open(stdin.object, SIGNAL).then(buffer), { name: 'SourceError', code: 'SOURCE_UNREADABLE', message: /^stdin cannot be read/ })
})
