// A server of daily bars, in a process of its own so that it takes no time from whom it is measured with: every answer is made before
// the first request, and served from memory, so late as the vendor's come. Told by its parent when to say what was asked.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { startRestServer } from '../test/helpers/rest-server.js'
import type { RestLog, RestSize } from './rest.js'

const { symbols, start, end, latencyMs } = JSON.parse(process.argv[2]!) as RestSize

/** The answer about each symbol, as it travels. */
async function makeAnswers(): Promise<Map<string, Buffer>> {
  const source = await startRestServer({ securities: Object.fromEntries(symbols.map((symbol) => [symbol, {}])) })
  const answers = new Map<string, Buffer>()
  for (const symbol of symbols) {
    const response = await fetch(`${source.url}/v2/aggs/ticker/${symbol}/range/1/day/${start}/${end}?adjusted=false&sort=asc&limit=50000`, { headers: { authorization: `Bearer ${source.key}` } })
    answers.set(symbol, gzipSync(Buffer.from(await response.arrayBuffer())))
  }
  await source.close()
  return answers
}

const answers = await makeAnswers()
let log: RestLog = { sentAt: [], cpuSeconds: 0 }
let cpuBefore = process.cpuUsage()

const server = createServer((request, response) => {
  log.sentAt.push(performance.now())
  const answer = answers.get(/^\/v2\/aggs\/ticker\/([^/]+)\/range\/1\/day\//.exec(request.url ?? '')?.[1] ?? '')
  void delay(latencyMs).then(() => {
    if (answer === undefined) return response.writeHead(404).end('{"status":"NOT_FOUND"}')
    return response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': answer.length }).end(answer)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpuBefore)
  process.send!({ ...log, cpuSeconds: (user + system) / 1e6 })
  log = { sentAt: [], cpuSeconds: 0 }
  cpuBefore = process.cpuUsage()
})
process.on('disconnect', () => process.exit())
process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
