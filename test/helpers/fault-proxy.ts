import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'

type Direction = 'up' | 'down'

/** What happens to a direction of a connection; `up` is from the client to the server. */
export interface Impairment {
  /** After so many bytes: close both ends (FIN), break both (RST), or let nothing more through. */
  cutAfter?: number
  resetAfter?: number
  stallAfter?: number
  /** Bytes a second. */
  rate?: number
}

export interface FaultProxy {
  host: string
  port: number
  /** For connections made from now on; replace it at any time. */
  impair: Partial<Record<Direction, Impairment>>
  /** Bytes handed on, over all connections. */
  bytes: Record<Direction, number>
  /** Connections there are now. */
  open: () => number
  /** Breaks (RST) what is connected now. */
  resetAll: () => void
  close: () => Promise<void>
}

/** A TCP proxy in front of a server (a port or a unix socket) that does what networks do. */
export async function startFaultProxy(target: NetConnectOpts): Promise<FaultProxy> {
  const pairs = new Set<[Socket, Socket]>()
  const proxy: FaultProxy = {
    host: '127.0.0.1',
    port: 0,
    impair: {},
    bytes: { up: 0, down: 0 },
    open: () => pairs.size,
    resetAll: () => pairs.forEach(reset),
    async close() {
      server.close()
      proxy.resetAll()
      await once(server, 'close')
    },
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true })
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    const { up = {}, down = {} } = proxy.impair
    const passed = Promise.all([
      pipeline(gate(up, 'up', client, pair, proxy.bytes), upstream),
      pipeline(gate(down, 'down', upstream, pair, proxy.bytes), client),
    ])
    void passed.catch(() => reset(pair)).then(() => pairs.delete(pair))
  })
  server.listen(0, proxy.host)
  await once(server, 'listening')
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}

function reset(pair: [Socket, Socket]): void {
  for (const socket of pair) {
    if (socket.remoteAddress === undefined) socket.destroy() // a unix socket knows no reset
    else socket.resetAndDestroy()
  }
}

async function* gate(
  { cutAfter, resetAfter, stallAfter, rate }: Impairment, direction: Direction, source: Socket, pair: [Socket, Socket], bytes: Record<Direction, number>,
): AsyncGenerator<Buffer> {
  const limit = cutAfter ?? resetAfter ?? stallAfter ?? Infinity
  let passed = 0
  // a socket that is iterated to its end would be destroyed, and what is still to be written to it lost
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const part = chunk.subarray(0, limit - passed)
    if (rate !== undefined) await delay((part.length / rate) * 1000)
    passed += part.length
    bytes[direction] += part.length
    yield part
    if (passed < limit) continue
    if (resetAfter !== undefined) reset(pair)
    else if (cutAfter !== undefined) for (const socket of pair) socket.destroySoon()
    else await Promise.race(pair.map((socket) => once(socket, 'close')))
    return
  }
}
