import { Writable } from 'node:stream'
import t from 'tap'
import * as v from 'valibot'
import type { Context } from '../../../lib/cli/framework/command.js'
import { createRunner, type Host } from '../../../lib/cli/framework/run.js'
import { defineDocument } from '../../../lib/documents/document.js'

const DOCUMENT = defineDocument('ohlcv.test/1', v.strictObject({ found: v.number() }))

/** What a command is told about a terminal so many columns wide. */
async function contextOn(env: NodeJS.ProcessEnv, terminal: { isTTY: boolean; columns?: number }): Promise<Context> {
  const stream = () => Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), terminal) as unknown as NodeJS.WriteStream
  const host: Host = { env, stdin: process.stdin, stdout: stream(), stderr: stream(), on: () => {}, off: () => {}, exit: () => t.fail() as never }
  let seen: Context | undefined
  await createRunner(host, () => {})(DOCUMENT, {}, async (context) => {
    seen = context
    return { exitCode: 0, text: () => '', data: { found: 0 } }
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

await t.test('only the form that is printed is made, and an error in making it is an error of the command', async (t) => {
  const said = async (flags: Record<string, unknown>, text = () => 'one') => {
    const streams = { stdout: '', stderr: '' }
    const stream = (name: keyof typeof streams) => new Writable({ write: (chunk, _encoding, done) => {
      streams[name] += String(chunk)
      done()
    } }) as unknown as NodeJS.WriteStream
    const host: Host = { env: {}, stdin: process.stdin, stdout: stream('stdout'), stderr: stream('stderr'), on: () => {}, off: () => {}, exit: () => t.fail() as never }
    const made: string[] = []
    const form = <T>(name: string, make: () => T) => () => {
      made.push(name)
      return make()
    }
    let code = -1
    await createRunner(host, (exitCode) => void (code = exitCode))(DOCUMENT, flags, () =>
      Promise.resolve({ exitCode: 3, data: { found: 1 }, text: form('text', text), csv: form('csv', () => [['found'], [1]]) }))
    return { ...streams, made, code }
  }
  t.same(await said({}), { stdout: 'one\n', stderr: '', made: ['text'], code: 3 })
  t.same(await said({ csv: true }), { stdout: 'found\n1\n', stderr: '', made: ['csv'], code: 3 })
  const json = await said({ json: true, csv: true })
  t.same([JSON.parse(json.stdout), json.made], [{ schema: 'ohlcv.test/1', exit_code: 3, found: 1 }, []])
  const broken = await said({}, () => {
    throw new Error('no such column')
  })
  t.match(broken, { stdout: '', stderr: /^ohlcv: no such column\n/, code: 1 })
})
