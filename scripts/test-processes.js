import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const TESTS = 'dist/test'
const PROCESSES = 'dist/processes'
/** Bytes of compiled tests that share a process; such processes take longest, and are begun first. */
const MOST_BYTES = 112 * 1024

/** A file that has a time of the whole process. */
const ALONE = /^t\.setTimeout\(/m

/**
 * Runs the files one after the other, each once the tests of the one before are over, within a test beside them: the runner
 * ends a process in which no test is left to do, though a file may wait for something before its first one. What a file has
 * done around each test is done around its own. An error that no test waits for fails the process's test.
 */
export const moduleOf = (files) => `import t from 'tap'
const { test } = t
let last
let current
t.test = (...told) => (last = test.apply(t, told))
for (const around of ['beforeEach', 'afterEach']) {
  const hook = t[around]
  t[around] = (work, file = current) => hook.call(t, (test) => (file === current ? work(test) : undefined))
}
t.jobs = 2
test.call(t, 'every file of this process is run', { buffered: true }, async (all) => {
  process.on('uncaughtException', (error) => all.threw(error))
  for (const file of ${JSON.stringify(files.map((file) => `../test/${file.replaceAll(path.sep, '/')}`))}) {
    current = file
    await import(file)
    await last
  }
  all.notOk(t.results, 'before the runner ends the process')
})
`

/**
 * Divides the compiled test files among processes and writes a module for each, which are begun in the order of their names: to
 * start one and load what tests need takes half a second, longer than most files do. Files of one folder stay together.
 */
export function testProcesses() {
  const files = readdirSync(TESTS, { recursive: true }).filter((name) => name.endsWith('.test.js')).sort((a, b) => (a < b ? -1 : 1))
  const alone = []
  const shared = []
  let bytes = Infinity
  for (const file of files) {
    const text = readFileSync(path.join(TESTS, file), 'utf8')
    if (ALONE.test(text)) {
      alone.push([file])
      continue
    }
    bytes += text.length
    if (bytes > MOST_BYTES) {
      shared.push([])
      bytes = text.length
    }
    shared.at(-1).push(file)
  }
  rmSync(PROCESSES, { recursive: true, force: true })
  mkdirSync(PROCESSES)
  return [...shared, ...alone].map((process, index) => {
    const name = `${String(index).padStart(3, '0')}-${process[0].replace('.test.js', '').replaceAll(path.sep, '-')}${process.length > 1 ? `-and-${process.length - 1}-more` : ''}.test.js`
    writeFileSync(path.join(PROCESSES, name), moduleOf(process))
    return path.join(PROCESSES, name)
  })
}
