// Loaded into a process of tests: writes what of the program it ran through for `tap report`. Told is whether a block ran, not
// how often, which would make what runs often slow.
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

const PROGRAM = new URL('../dist/lib/', import.meta.url).href
/** Runs in a browser. */
const ELSEWHERE = /\/lib\/page\/(?:browser|assets)\//
const FILE = new URL(`../.tap/coverage/${process.pid}.json`, import.meta.url)

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
process.on('exit', () => {
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error) throw error
    mkdirSync(new URL('.', FILE), { recursive: true })
    writeFileSync(FILE, JSON.stringify({ result: taken.result.filter(({ url }) => url.startsWith(PROGRAM) && !ELSEWHERE.test(url)) }))
  })
})
