import t from 'tap'
import { usageError } from '../../../lib/cli/framework/usage.js'

const known = { flags: ['start', 'source', 'force', 'days'], commands: ['load', 'status', 'runs'] }
const said = (message: string, ...line: string[]) => {
  const { code, message: text, hint } = usageError(message, line, known)
  t.equal(code, 'USAGE')
  return [text, hint]
}

await t.test('an unknown flag comes with the flags that are nearest', async (t) => {
  t.same(said('Unknown argument: stat', '--stat'), ['there is no --stat here', 'did you mean --start?'])
  t.same(said('Unknown argument: sorce', '--sorce'), ['there is no --sorce here', 'did you mean --source or --force?'])
})

await t.test('an unknown command comes with the nearest, or with all there are', async (t) => {
  t.same(said('Unknown argument: lod', 'lod'), ['there is no "lod" here', 'did you mean load?'])
  t.same(said('Unknown command: xyzzy', 'xyzzy'), ['there is no "xyzzy" here', 'commands are: load, status, runs'])
})

await t.test('a value that a flag does not take comes with those it takes', async (t) => {
  const message = 'Invalid values:\n  Argument: only, Given: "faild", Choices: "unloaded", "failed", "changed"'
  t.same(said(message, '--only', 'faild'), ['--only cannot be "faild"', 'did you mean failed? It is one of: unloaded, failed, changed'])
  t.same(said(message.replace('faild', 'a, "b"'), '--only'), ['--only cannot be "a, \\"b\\""', 'it is one of: unloaded, failed, changed'])
})

await t.test('a flag without its value is named', async (t) => {
  t.same(said('Not enough arguments following: days', '--days')[0], '--days needs a value')
  t.same(said('Not enough arguments following: q', '-q')[0], '-q needs a value')
})

await t.test('what yargs says otherwise is passed on', async (t) => {
  t.same(said('Not enough non-option arguments: got 0, need at least 1'), ['an argument is missing', 'commands are: load, status, runs'])
  t.same(usageError('Not enough arguments following: days', ['--days'], { flags: [], commands: [] }).hint, 'the same with --help tells what there is')
})
