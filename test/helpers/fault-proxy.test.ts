import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { startFaultProxy, type FaultProxy } from './fault-proxy.js'

let sockets = 0
const BYTES = Buffer.alloc(1_000_000, 'abcdefg')

/** A server on a unix socket that sends back what it gets, behind a proxy. */
async function echo(t: Test): Promise<FaultProxy> {
  const path = `\0fault-proxy-${process.pid}-${++sockets}` // abstract: the path of a test directory is too long for one
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket))
  server.listen(path)
  await once(server, 'listening')
  const proxy = await startFaultProxy({ path })
  t.teardown(async () => {
    await proxy.close()
    server.close()
    await once(server, 'close')
  })
  return proxy
}

function send({ host, port }: FaultProxy, bytes: Buffer): Socket {
  const socket = connect({ host, port, allowHalfOpen: true })
  socket.end(bytes)
  return socket
}

await t.test('an unimpaired connection passes everything both ways, and is counted', async (t) => {
  const proxy = await echo(t)
  t.ok((await buffer(send(proxy, BYTES))).equals(BYTES))
  t.same(proxy.bytes, { up: BYTES.length, down: BYTES.length })
  while (proxy.open() > 0) await new Promise(setImmediate)
})

await t.test('a cut and a reset end the connection after so many bytes, in either direction', async (t) => {
  for (const direction of ['up', 'down'] as const) {
    for (const impairment of [{ cutAfter: 1000 }, { resetAfter: 1000 }]) {
      const proxy = await echo(t)
      proxy.impair = { [direction]: impairment }
      // whether what was under way still arrives before the end is the system's affair
      const received = await buffer(send(proxy, BYTES)).catch((error: NodeJS.ErrnoException) => error.code)
      if (Buffer.isBuffer(received)) t.ok(received.length <= 1000)
      else t.match(received, /ECONNRESET|EPIPE/)
      t.equal(proxy.bytes[direction], 1000)
    }
  }
})

await t.test('a stall passes so many bytes and then nothing, until someone breaks it', async (t) => {
  const proxy = await echo(t)
  proxy.impair = { down: { stallAfter: 1000 } }
  const socket = send(proxy, Buffer.alloc(5000))
  let received = 0
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received += chunk.length
    if (received === 1000) break
  }
  t.equal(received, 1000)
  while (proxy.open() > 0) await new Promise(setImmediate)
  t.equal(proxy.bytes.down, 1000)
})

await t.test('what is connected can be broken at any time', async (t) => {
  const proxy = await echo(t)
  const socket = connect({ host: proxy.host, port: proxy.port })
  socket.write('x')
  await once(socket, 'data')
  proxy.resetAll()
  await t.rejects(buffer(socket), { code: 'ECONNRESET' })
})
