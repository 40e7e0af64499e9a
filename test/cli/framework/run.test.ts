import { Writable } from 'node:stream'
import t from 'tap'
import type { Context } from '../../../lib/cli/framework/command.js'
import { createRunner, type Host } from '../../../lib/cli/framework/run.js'

/** What a command is told about a terminal so many columns wide. */
async function contextOn(env: NodeJS.ProcessEnv, terminal: { isTTY: boolean; columns?: number }): Promise<Context> {
  const stream = () => Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), terminal) as unknown as NodeJS.WriteStream
  const host: Host = { env, stdin: process.stdin, stdout: stream(), stderr: stream(), on: () => {}, off: () => {}, exit: () => t.fail() as never }
  let seen: Context | undefined
  await createRunner(host, () => {})('test', {}, async (context) => {
    seen = context
    return { exitCode: 0, text: '', json: {} }
  })
  return seen!
}

await t.test('a terminal gets colour, a progress bar and tables of its width', async (t) => {
  t.match(await contextOn({ TERM: 'xterm' }, { isTTY: true, columns: 72 }), { colour: true, interactive: true, columns: 72, room: 72 })
  t.match(await contextOn({ TERM: 'xterm', NO_COLOR: '1' }, { isTTY: true, columns: 72 }), { colour: false, interactive: true })
})

await t.test('a dumb terminal gets neither colour nor a progress bar', async (t) => {
  t.match(await contextOn({ TERM: 'dumb' }, { isTTY: true, columns: 72 }), { colour: false, interactive: false, room: 72 })
})

await t.test('a pipe gets whole tables, without colour', async (t) => {
  t.match(await contextOn({ TERM: 'xterm' }, { isTTY: false }), { colour: false, interactive: false, columns: 80, room: Infinity })
})
