import t from 'tap'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EXIT } from '../lib/cli/framework/exit.js'
import { PACKAGE_ROOT } from '../lib/domain/version.js'
import { embeddedHome } from './helpers/embedded-home.js'

const UNITS = path.join(PACKAGE_ROOT, 'systemd')
const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
const skip = analyze('--version').error ? 'systemd-analyze is not on this machine' : false

/** The values of a key, from the unit's text. */
function values(unit: string, key: string): string[] {
  return readFileSync(path.join(UNITS, unit), 'utf8').split('\n').filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1))
}

/** Services that do one thing and end, each with a timer of its own; and all services. */
const TIMED = ['ohlcv', 'ohlcv-sync', 'ohlcv-report', 'ohlcv-vendors', 'ohlcv-monitor']
const SERVICES = [...TIMED.map((name) => `${name}.service`), 'ohlcv-poll.service', 'ohlcv-serve.service']

await t.test('systemd finds nothing to say about the units', { skip }, async (t) => {
  const units = readdirSync(UNITS)
  t.same(units.toSorted(), [...SERVICES, ...TIMED.map((name) => `${name}.timer`), 'ohlcv-failed@.service'].toSorted())
  const { status, stderr } = analyze('verify', '--man=no', ...units.map((unit) => path.join(UNITS, unit)))
  t.same([stderr, status], ['', 0])
})

/** When a timer fires next after an instant, in UTC. */
function next(timer: string, from: string): string | undefined {
  const [calendar = ''] = values(timer, 'OnCalendar')
  const { stdout } = spawnSync('systemd-analyze', ['calendar', `--base-time=${from} UTC`, calendar], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } })
  return /(?:Next elapse|\(in UTC\)): .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC/.exec(stdout)?.[1]
}

await t.test('the load begins at six, exchange time, and the report at half past six in the evening of weekdays, on both sides of the clock change; the sync a quarter past midnight UTC; vendors are looked at every ten minutes, and three later whether anything is wrong', { skip }, async (t) => {
  t.equal(next('ohlcv.timer', '2026-03-06 12:00:00'), '2026-03-07 11:00:00', 'winter')
  t.equal(next('ohlcv.timer', '2026-03-09 12:00:00'), '2026-03-10 10:00:00', 'summer')
  t.equal(next('ohlcv-sync.timer', '2026-03-06 12:00:00'), '2026-03-07 00:15:00')
  t.equal(next('ohlcv-sync.timer', '2026-03-09 00:15:00'), '2026-03-10 00:15:00')
  t.equal(next('ohlcv-report.timer', '2026-03-05 23:30:00'), '2026-03-06 23:30:00', 'Friday, in winter')
  t.equal(next('ohlcv-report.timer', '2026-03-06 23:30:00'), '2026-03-09 22:30:00', 'the Monday after, in summer')
  t.equal(next('ohlcv-vendors.timer', '2026-03-05 23:50:00'), '2026-03-06 00:00:00')
  t.equal(next('ohlcv-vendors.timer', '2026-03-06 00:00:00'), '2026-03-06 00:10:00')
  t.equal(next('ohlcv-monitor.timer', '2026-03-06 00:00:00'), '2026-03-06 00:03:00')
  t.equal(next('ohlcv-monitor.timer', '2026-03-06 00:53:00'), '2026-03-06 01:03:00')
})

await t.test('each timer has its service, which is started once for all the times that were missed', async (t) => {
  for (const name of TIMED) t.same([values(`${name}.timer`, 'Persistent'), values(`${name}.timer`, 'Unit'), values(`${name}.service`, 'Type')], [['true'], [], ['oneshot']], name)
})

await t.test('a sync that waits for a file which is not published yet has ended well', async (t) => {
  t.same(values('ohlcv-sync.service', 'SuccessExitStatus'), [String(EXIT.notPublished)])
})

await t.test('of the exit codes of a night that ended badly, only "not published" has it tried again', async (t) => {
  const [ends = ''] = values('ohlcv.service', 'RestartPreventExitStatus')
  t.same(ends.split(' ').map(Number), Object.values(EXIT).filter((code) => code !== EXIT.ok && code !== EXIT.notPublished).sort((a, b) => a - b))
})

await t.test('a poll that a signal ended has ended well, and any other end has it started again', async (t) => {
  t.same(values('ohlcv-poll.service', 'SuccessExitStatus'), [`${EXIT.sigint} ${EXIT.sigterm}`])
  t.same([values('ohlcv-poll.service', 'Restart'), values('ohlcv-poll.service', 'RestartPreventExitStatus')], [['on-failure'], []])
})

await t.test('the status service is started again whenever it ends by itself, and what it started goes on', async (t) => {
  t.same([values('ohlcv-serve.service', 'Restart'), values('ohlcv-serve.service', 'RestartPreventExitStatus'), values('ohlcv-serve.service', 'KillMode')], [['on-failure'], [], ['process']])
})

await t.test('all services run as the same user in the same folder and sandbox', async (t) => {
  const sandbox = (unit: string) => readFileSync(path.join(UNITS, unit), 'utf8').split('\n').filter((line) => /^(User|StateDirectory|WorkingDirectory|UMask|NoNew|Capab|Ambient|Protect|Private|Restrict|Lock|SystemCall)/.test(line) && !line.startsWith('Restart'))
  for (const service of SERVICES) t.same(sandbox(service), sandbox('ohlcv.service'), service)
  t.ok(sandbox('ohlcv.service').length > 20)
})

await t.test('the sandbox leaves little to reach', { skip }, async (t) => {
  for (const unit of [...SERVICES, 'ohlcv-failed@.service']) {
    const exposure = /Overall exposure level for .*: ([\d.]+)/.exec(analyze('security', '--offline=true', path.join(UNITS, unit)).stdout)?.[1]
    t.ok(Number(exposure) <= 2, `${unit}: ${exposure} of 10`)
  }
})

/** What the recipe calls and a test may not: nothing is installed, users are the caller, and starting the service runs its command in its folder. */
const STAND_INS: Record<string, string> = {
  npm: ':',
  useradd: ':',
  journalctl: ':',
  runuser: 'shift 3; exec "$@"',
  install: 'for word do shift; case $word in -[mog]) skip=1;; *) [ "$skip" ] || set -- "$@" "$word"; skip=;; esac; done; exec /usr/bin/install "$@"',
  ohlcv: `exec env -u NODE_OPTIONS '${process.execPath}' '${path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js')}' "$@"`,
  systemctl: `[ "$1" = start ] || exit 0
    unit=$ROOT/etc/systemd/system/$2
    value() { sed -n "s|^$1=-*||p" "$unit" | sed "s|/var/|$ROOT/var/|; s|=/etc/|=$ROOT/etc/|"; }
    cd "$(value WorkingDirectory)" && exec env $(value Environment) $(value ExecStart)`,
}

await t.test('the recipe of docs/OPERATIONS.md, followed word by word without a database, ends with a service that loads', async (t) => {
  const root = path.dirname(embeddedHome(t))
  const [install = '', prepare = ''] = [...readFileSync(path.join(PACKAGE_ROOT, 'docs/OPERATIONS.md'), 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block)
  const folder = (name: string) => {
    mkdirSync(path.join(root, name), { recursive: true })
    return path.join(root, name)
  }
  for (const [name, text] of Object.entries(STAND_INS)) {
    writeFileSync(path.join(folder('bin'), name), `#!/bin/sh\n${text}\n`)
    chmodSync(path.join(root, 'bin', name), 0o755)
  }
  folder('etc/systemd/system')
  folder('var/lib')
  folder('source/day_aggs_v1')
  cpSync(UNITS, folder('clone/systemd'), { recursive: true })
  copyFileSync(path.join(PACKAGE_ROOT, '.env.example'), path.join(root, 'clone/.env.example'))
  writeFileSync(path.join(root, 'clone/universe.csv'), 'symbol\nAAPL\n')
  const filled = `echo 'OHLCV_SOURCE=${root}/source' >> ${root}/etc/ohlcv/ohlcv.env\n`
  const recipe = `set -e\n${install.replaceAll(/(?<= )\/(etc|var)\//g, `${root}/$1/`)}${filled}${prepare.replaceAll(/(?<= )\/(etc|var)\//g, `${root}/$1/`)}`
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', recipe], { cwd: path.join(root, 'clone'), encoding: 'utf8', env: { PATH: `${root}/bin:${process.env['PATH']}`, ROOT: root, TZ: 'UTC' } })
  t.match(stdout, /10 dates: \d+ missing/, stderr)
})
