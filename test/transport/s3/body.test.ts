import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { s3Transport } from '../../../lib/transport/s3/s3.js'
import { startFaultProxy } from '../../helpers/fault-proxy.js'
import { memoryObject, repeatedObject } from '../../helpers/s3-objects.js'
import type { Fault } from '../../helpers/s3-server.js'
import { objectOf, SIGNAL } from '../contract.js'
import { s3, type S3Fixture } from './fixture.js'

const PATH = 'files/2024/a/one'
const BYTES = randomBytes(2_000_000)

const read = async ({ transport }: Pick<S3Fixture, 'transport'>) => buffer(await transport.open(await objectOf(transport, PATH), SIGNAL))
const gets = ({ server }: S3Fixture) => server.requests.filter(({ operation }) => operation === 'get')

await t.test('a body that breaks, ends early or falls silent is resumed where it was, on the same version', async (t) => {
  const cases: Fault[] = [{ resetAfter: 700_000 }, { endAfter: 700_000 }, { stallAfter: 700_000 }, { stallAfter: 0 }]
  for (const fault of cases) {
    const place = await s3(t, {}, { idleMs: 300 })
    place.publish(PATH, BYTES)
    place.server.faults.push({ operation: 'get', ...fault })
    t.ok((await read(place)).equals(BYTES), JSON.stringify(fault))
    const [first, second, ...more] = gets(place)
    t.same(more, [])
    t.equal(first?.range, undefined)
    const etag = `"${place.server.objects.get(first?.key ?? '')?.etag}"`
    t.match([first?.ifMatch, second?.ifMatch], [etag, etag])
    const from = /^bytes=(\d+)-$/.exec(second?.range ?? 'bytes=0-')
    t.ok(Number(from?.[1]) <= 700_000, `nothing is left out: ${second?.range}`)
  }
})

await t.test('a body may break as often as it likes while each part brings something', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  place.server.faults.push({ operation: 'get', endAfter: 100_000, times: 19 })
  t.ok((await read(place)).equals(BYTES))
  t.ok(gets(place).length > 10, `${gets(place).length} requests`)
})

await t.test('errors between the parts are waited out', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  place.server.faults.push({ operation: 'get', status: 500 }, { operation: 'get', endAfter: 500_000 }, { operation: 'get', status: 503, code: 'SlowDown', headers: { 'Retry-After': '3' } }, { operation: 'get', refuse: true })
  t.ok((await read(place)).equals(BYTES))
  t.same(place.waits, [100, 100, 3000, 400])
})

await t.test('once nothing more comes the object fails, naming the key and the byte', async (t) => {
  const place = await s3(t)
  const key = place.publish(PATH, BYTES)
  place.server.faults.push({ operation: 'get', endAfter: 500_000 }, { operation: 'get', endAfter: 0, times: 10 })
  await t.rejects(read(place), { name: 'SourceError', code: 'SOURCE_NETWORK', message: `reading ${key} failed at byte 500000 again and again: ECONNRESET` })
  t.equal(gets(place).length, 4, 'the one that broke and three more')
  place.server.faults.splice(0, Infinity, { operation: 'get', status: 500, times: 10 })
  await t.rejects(read(place), { name: 'SourceError', code: 'SOURCE_NETWORK', message: /at byte 0 again and again: InternalError, HTTP 500/ })
})

await t.test('an object replaced after the listing or between two parts fails', async (t) => {
  for (const fault of [{ operation: 'list' as const }, { operation: 'get' as const, endAfter: 500_000 }]) {
    const place = await s3(t)
    const key = place.publish(PATH, BYTES)
    const object = await objectOf(place.transport, PATH)
    if (fault.operation === 'list') place.publish(PATH, randomBytes(1000))
    else place.server.faults.push({ ...fault, replaceBy: memoryObject(randomBytes(2_000_000)) })
    await t.rejects(place.transport.open(object, SIGNAL).then(buffer), { name: 'SourceError', code: 'SOURCE_REPLACED', message: new RegExp(`^${key} was replaced`) })
  }
})

await t.test('an answer with another ETag is another version, also from a server that ignores If-Match', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  place.server.faults.push({ operation: 'get', headers: { ETag: '"another"' } })
  await t.rejects(read(place), { code: 'SOURCE_REPLACED' })
})

await t.test('a wrong length is not believed: asked again, then the object fails', async (t) => {
  for (const contentLength of [1_000_000, 3_000_000]) {
    const place = await s3(t)
    place.publish(PATH, BYTES)
    place.server.faults.push({ operation: 'get', contentLength })
    t.ok((await read(place)).equals(BYTES))
    place.server.faults.push({ operation: 'get', contentLength, times: 10 })
    await t.rejects(read(place), { code: 'SOURCE_NETWORK', message: new RegExp(`the answer has ${contentLength} bytes where 2000000 were expected`) })
  }
})

await t.test('a flipped bit fails the object where the ETag is an MD5, and only there', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  const flip: Fault = { operation: 'get', flipBitAt: 1_234_567 }
  place.server.faults.push({ ...flip })
  await t.rejects(read(place), { name: 'SourceError', code: 'SOURCE_CHECKSUM' })
  place.server.faults.push({ ...flip, headers: { 'x-amz-server-side-encryption': 'aws:kms' } })
  await t.resolves(read(place), 'the ETag of an object encrypted with KMS is no MD5')
  place.publish(PATH, memoryObject(BYTES, 'd41d8cd98f00b204e9800998ecf8427e-3'))
  place.server.faults.push({ ...flip })
  await t.resolves(read(place), 'nor is that of a multipart upload')
})

await t.test('a listed object that is refused is forbidden, and expired credentials fail it', async (t) => {
  const place = await s3(t)
  place.server.forbidden.add(place.publish(PATH, BYTES))
  await t.rejects(read(place), { name: 'ForbiddenError', code: 'SOURCE_FORBIDDEN' })
  place.server.faults.push({ operation: 'get', status: 400, code: 'ExpiredToken' })
  await t.rejects(read(place), { name: 'SourceError', code: 'SOURCE_CREDENTIALS_EXPIRED', hint: /AWS_SESSION_TOKEN/ })
  place.server.faults.push({ operation: 'get', status: 418, code: 'Teapot' })
  await t.rejects(read(place), { name: 'SourceError', code: 'SOURCE_REFUSED', message: /Teapot \(HTTP 418\)/ })
})

await t.test('an object without a byte is read as such', async (t) => {
  const place = await s3(t)
  place.publish(PATH, Buffer.alloc(0))
  t.equal((await read(place)).length, 0)
})

await t.test('a body given up in the middle, in a stall or while waiting to resume leaves no connection', async (t) => {
  for (const fault of [{}, { stallAfter: 1000 }, { endAfter: 1000 }]) {
    const place = await s3(t)
    place.publish(PATH, repeatedObject(BYTES, 50))
    place.server.faults.push({ operation: 'get', ...fault })
    const stop = new AbortController()
    const reason = new Error('stopped')
    const body = await place.transport.open(await objectOf(place.transport, PATH), stop.signal)
    const reading = async () => {
      for await (const _ of body) stop.abort(reason)
    }
    await t.rejects(reading(), reason)
    while (gets(place).some(({ status }) => status === 0)) await new Promise(setImmediate)
    await place.transport.close()
    while ((await place.server.connections()) > 0) await new Promise(setImmediate)
  }
})

await t.test('a large object comes no faster than it is read, and memory does not grow with it', async (t) => {
  const place = await s3(t)
  place.publish(PATH, repeatedObject(BYTES, 150))
  const body = await place.transport.open(await objectOf(place.transport, PATH), SIGNAL)
  const before = process.memoryUsage.rss()
  const most = { received: 0, onTheWay: 0, memory: 0 }
  for await (const chunk of body as AsyncIterable<Buffer>) {
    most.received += chunk.length
    most.onTheWay = Math.max(most.onTheWay, (gets(place)[0]?.sent ?? 0) - most.received)
    most.memory = Math.max(most.memory, process.memoryUsage.rss() - before)
    await new Promise(setImmediate)
  }
  t.equal(most.received, 300_000_000)
  t.ok(most.onTheWay < 16 * 1024 ** 2, `at most ${most.onTheWay} bytes were on their way`)
  t.ok(most.memory < 150 * 1024 ** 2, `${Math.round(most.memory / 1024 ** 2)} MiB for 286 MiB, the server included`)
})

await t.test('an error that comes before its reader waits for it', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  place.server.faults.push({ operation: 'get', endAfter: 0, times: 10 })
  const broken = await place.transport.open(await objectOf(place.transport, PATH), SIGNAL)
  while (!broken.destroyed) await new Promise(setImmediate)
  await t.rejects(buffer(broken), { code: 'SOURCE_NETWORK' })
})

await t.test('a network that breaks, stalls or trickles below S3 changes nothing', async (t) => {
  const place = await s3(t)
  place.publish(PATH, BYTES)
  const proxy = await startFaultProxy({ port: Number(new URL(place.server.endpoint).port), host: '127.0.0.1' })
  t.teardown(() => proxy.close())
  const through = s3Transport('s3://flatfiles/us_stocks_sip', {
    env: { ...place.server.env, AWS_ENDPOINT_URL_S3: `http://${proxy.host}:${proxy.port}` }, idleMs: 300, tools: { random: () => 0 },
  })
  t.teardown(() => through.close())
  const object = await objectOf(through, PATH)
  for (const impair of [{ resetAfter: 300_000 }, { cutAfter: 300_000 }, { stallAfter: 300_000 }, { rate: 4_000_000 }]) {
    proxy.resetAll() // the kept-alive connection came before the impairment
    proxy.impair = { down: impair }
    const down = proxy.bytes.down
    const body = await through.open(object, SIGNAL)
    body.once('data', () => {
      proxy.impair = {}
    })
    t.ok((await buffer(body)).equals(BYTES), JSON.stringify(impair))
    t.ok(proxy.bytes.down - down > BYTES.length)
  }
})
