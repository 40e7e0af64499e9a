import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import t from 'tap'
import { freshDatabase } from '../../helpers/database.js'
import { registerSymbols } from '../../helpers/load.js'
import { callProgram } from '../../helpers/call-program.js'

const HOME = path.join(t.testdir({}), 'none')
const { pool, url } = await freshDatabase(t)
await registerSymbols(pool, ['AAPL', 'AAP', 'BRK.A', 'B_X', 'BTX', 'aapl'])

/** The candidates for the last of the words, without their meanings. */
async function complete(words: string[], env: Record<string, string> = { DATABASE_URL: url }): Promise<string[]> {
  const { stdout, stderr, code } = await callProgram(['--complete', ...words], env)
  t.same([code, stderr], [0, ''])
  return stdout.split('\n').slice(0, -1).map((line) => line.split('\t')[0]!)
}

await t.test('commands, their members and flags are completed, each with its meaning', async (t) => {
  t.same(await complete(['re']), ['rejects', 'revisions', 'remediation', 'report'])
  t.same(await complete(['universe', 'ren']), ['rename'])
  t.same(await complete(['calendar', 'is']), ['is-open'])
  t.same(await complete(['load', '--dat']), ['--date', '--dataset', '--date-timeout', '--database-wait'])
  t.notOk((await complete(['load', '--date', '2025-01-02', '--d'])).includes('--date'), 'given already')
  t.same(await complete(['nonsense', '']), [])
  t.match((await callProgram(['--complete', 'doc'], {})).stdout, /^doctor\tCheck what a load or a fetch needs.*\n$/)
})

await t.test('values of a closed set are completed, and those of dates are sessions', async (t) => {
  t.same(await complete(['load', '--only', '']), ['unloaded', 'failed', 'incomplete', 'changed'])
  t.same(await complete(['rejects', '--reason', 'w']), ['wrong_date'])
  t.same(await complete(['completion', 'z']), ['zsh'])
  t.same(await complete(['fetch', '--timespan', '']), ['hour', 'day', 'week', 'month', 'minute'])
  t.same(await complete(['fetch', '--timespan', 'day,m']), ['day,month', 'day,minute'])
  t.same(await complete(['status', '--date', '2016-11-2']), ['2016-11-21', '2016-11-22', '2016-11-23', '2016-11-25', '2016-11-28', '2016-11-29'])
  t.same(await complete(['calendar', 'next', '2016-11-30']), ['2016-11-30'])
  t.equal((await complete(['load', '--start', ''])).length, 10)
})

await t.test('symbols are completed from a database that answers, also after a comma', async (t) => {
  t.same(await complete(['bars', 'AA']), ['AAP', 'AAPL'])
  t.same(await complete(['bars', '--limit', '5', 'aa']), ['aapl'])
  t.same(await complete(['bars', 'AAPL', 'A']), [], 'there is no second one')
  t.same(await complete(['universe', 'history', 'B_']), ['B_X'], 'the mark stands for itself')
  for (const command of ['load', 'poll']) t.same(await complete([command, '--symbols', 'AAPL,BR']), ['AAPL,BRK.A'])
})

await t.test('where no database answers nothing is said, started or made, and nobody waits', async (t) => {
  t.same(await complete(['bars', 'A'], { OHLCV_HOME: HOME }), [])
  t.notOk(existsSync(HOME))
  t.same(await complete(['bars', 'A'], { DATABASE_URL: 'nonsense://' }), [])
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const started = performance.now()
  t.same(await complete(['bars', 'A'], { DATABASE_URL: `postgres://a@127.0.0.1:${(silent.address() as AddressInfo).port}/a` }), [])
  t.ok(performance.now() - started < 5000)
})

await t.test('each shell has a script of its own, that of $SHELL unless one is named', async (t) => {
  const script = async (shell: string[], env: Record<string, string>) => (await callProgram(['completion', ...shell], env)).stdout
  t.match(await script([], { SHELL: '/usr/bin/fish' }), /^complete -c ohlcv/m)
  t.match(await script([], { SHELL: '/bin/zsh' }), /^#compdef ohlcv/)
  t.match(await script([], { SHELL: '/bin/dash' }), /^complete -o default -F _ohlcv ohlcv$/m)
  t.match(await script(['fish'], { SHELL: '/bin/zsh' }), /^complete -c ohlcv/m)
  t.match(await callProgram(['completion', 'ksh'], {}), { code: 2, stderr: /cannot be "ksh"\n.*bash, zsh, fish/ })
})

/** What a shell offers for these words, by the script it gets, when its way of asking is run: it gets the program's answer if it asks for just them. */
async function offered(shell: string, asking: string, words: string[], home: string): Promise<string[]> {
  const line = ['--complete', ...words]
  writeFileSync(path.join(home, 'script'), (await callProgram(['completion', shell], {})).stdout)
  writeFileSync(path.join(home, line.join('|')), (await callProgram(line, { DATABASE_URL: url })).stdout)
  writeFileSync(path.join(home, 'ohlcv'), `#!/bin/sh\nIFS='|'\ncat "$HOME/$*"\n`)
  chmodSync(path.join(home, 'ohlcv'), 0o755)
  const env = { PATH: `${home}:${process.env['PATH'] ?? ''}`, HOME: home }
  const { stdout, stderr } = spawnSync(shell, ['-c', asking], { cwd: home, encoding: 'utf8', env })
  t.equal(stderr, '', shell)
  return stdout.trimEnd().split('\n')
}

const ASKING = {
  bash: (words: string[]) => `source ./script; COMP_WORDS=(ohlcv ${words.join(' ')}); COMP_CWORD=${words.length}; _ohlcv; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words: string[]) => `compdef() { }; _files() { }; _describe() { print -l $found }; source ./script; words=(ohlcv ${words.join(' ')}); CURRENT=${words.length + 1}; _ohlcv`,
  fish: (words: string[]) => `source ./script; complete -C 'ohlcv ${words.filter((word) => word !== '\'\'').join(' ')}${words.at(-1) === '\'\'' ? ' ' : ''}'`,
}

for (const [shell, asking] of Object.entries(ASKING)) {
  const isHere = spawnSync(shell, ['-c', 'true']).status === 0
  await t.test(`${shell} completes by its script`, { skip: isHere ? false : `no ${shell} here` }, async (t) => {
    const words = async (...line: string[]) => (await offered(shell, asking(line.map((word) => word || '\'\'')), line, t.testdir({}))).map((line) => line.split(/[\t:]/)[0])
    t.same(await words('re'), ['rejects', 'revisions', 'remediation', 'report'])
    t.same(await words('load', '--only', ''), ['unloaded', 'failed', 'incomplete', 'changed'])
    t.same(await words('bars', 'AA'), ['AAP', 'AAPL'])
  })
}
