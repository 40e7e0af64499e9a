// Runs the processes of tests, some at once (.taprc), and tells in TAP on stdout what came of them, and on stderr when each ended.
// The runner's own command would load itself into every process, to look at each module that is imported: a second for each.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'
import { testProcesses } from './test-processes.js'

const { jobs, timeout } = parse(readFileSync('.taprc', 'utf8'))
/** Of a test's time, how often a process may take it: many files are in one. */
const MOST_TIMES = 4
/** What is loaded into each process before its tests. */
const LOADED = ['test-errors.js', 'test-coverage.js'].flatMap((name) => ['--import', fileURLToPath(new URL(name, import.meta.url))])

t.jobs = jobs
t.setTimeout(0)
for (const file of testProcesses()) {
  // The runner adds itself to NODE_OPTIONS of whatever it starts.
  void t.spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', ...LOADED, file], {
    buffered: true, timeout: MOST_TIMES * timeout * 1000, env: { ...process.env, TAP_TIMEOUT: String(timeout), TAP_CWD: process.cwd() },
  }, file).then((results) => console.error(`${results?.ok ? 'ok' : 'FAILED'}: ${file} (${Math.round((results?.time ?? 0) / 1000)} s)`))
}
