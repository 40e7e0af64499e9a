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
  /** Breaks (RST) what is connected now, or only the client's half of it: the server does not notice. */
  resetAll: (half?: 'client') => void
  /** Of what is connected now, loses everything that goes this way from now on. */
  lose: (direction: Direction) => void
  /** Lets nothing more of what is connected now go this way, so that the sender's buffers fill; until the function returned is called. */
  block: (direction: Direction) => () => void
  close: () => Promise<void>
}

/** A TCP proxy in front of a server (a port or a unix socket) that does what networks do. */
export async function startFaultProxy(target: NetConnectOpts): Promise<FaultProxy> {
  const pairs = new Map<[Socket, Socket], Held>()
  const proxy: FaultProxy = {
    host: '127.0.0.1',
    port: 0,
    impair: {},
    bytes: { up: 0, down: 0 },
    open: () => pairs.size,
    resetAll: (half) => {
      for (const pair of pairs.keys()) reset(half === 'client' ? [pair[0]] : pair)
    },
    lose: (direction) => pairs.forEach(({ lost }) => lost.add(direction)),
    block(direction) {
      let open = () => {}
      const opened = new Promise<void>((resolve) => (open = resolve))
      for (const { blocked } of pairs.values()) blocked.set(direction, opened)
      return open
    },
    async close() {
      server.close()
      proxy.resetAll()
      await once(server, 'close')
    },
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true })
    const pair: [Socket, Socket] = [client, upstream]
    const held: Held = { lost: new Set(), blocked: new Map() }
    pairs.set(pair, held)
    const { up = {}, down = {} } = proxy.impair
    const passed = Promise.all([
      pipeline(gate(up, 'up', client, pair, proxy.bytes, held), upstream),
      pipeline(gate(down, 'down', upstream, pair, proxy.bytes, held), client),
    ])
    void passed.catch(() => reset(pair)).then(() => pairs.delete(pair))
  })
  server.listen(0, proxy.host)
  await once(server, 'listening')
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}

/** What a connection's bytes are kept from. */
interface Held {
  lost: Set<Direction>
  blocked: Map<Direction, Promise<void>>
}

function reset(pair: Socket[]): void {
  for (const socket of pair) {
    // Node cannot reset a socket that is saying goodbye just now: it would never close, and the process spin instead of ending.
    const isEnding = socket.writableEnded && !socket.writableFinished
    if (isEnding || socket.remoteAddress === undefined) socket.destroy() // a unix socket knows no reset
    else socket.resetAndDestroy()
  }
}

async function* gate(
  { cutAfter, resetAfter, stallAfter, rate }: Impairment, direction: Direction, source: Socket, pair: [Socket, Socket], bytes: Record<Direction, number>, held: Held,
): AsyncGenerator<Buffer> {
  const limit = cutAfter ?? resetAfter ?? stallAfter ?? Infinity
  let passed = 0
  // a socket that is iterated to its end would be destroyed, and what is still to be written to it lost
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    await held.blocked.get(direction)
    if (held.lost.has(direction)) continue
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
