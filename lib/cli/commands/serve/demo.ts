import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createCalendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import { UsageError } from '../../../domain/errors.js'
import type { Database } from '../../../postgres/database.js'
import { removeEmbedded } from '../../../postgres/embedded/control.js'
import { homeFolder } from '../../../postgres/embedded/place.js'
import { tryLockDemo } from '../../../postgres/locks.js'
import { openDatabase } from '../../../postgres/open.js'
import type { Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runChild } from './child.js'
import { exportOf, FIXTURES, writeDemoFiles } from './demo-files.js'

/** Whose bars stand in where the file is missing. */
const FILLED = ['AAPL', 'MSFT']

/** The commands by which the database comes to what it shows, each with how it ends: as people would call them. */
function steps(start: string, end: string): [line: string[], code: number][] {
  const exports = FILLED.map((symbol) => `${symbol}.csv`)
  // Bars that somebody deleted by hand, which the monitor tells of and the repair brings back.
  const damage = `delete from ohlcv_daily where time = '${end}' and symbol_id in (select symbol_id from ticker_symbols where symbol in ('NVDA', 'TSLA'))`
  return [
    [['universe', 'import', path.join(FIXTURES, 'universe.csv')], EXIT.ok],
    [['load', '--start', start, '--end', end], EXIT.dateFailed],
    [['import', 'csv', ...exports, '--provider', 'alpha_vantage'], EXIT.ok],
    [['sql', '--write', damage], EXIT.ok],
    [['monitor'], EXIT.ok],
    [['verify', '--repair'], EXIT.ok],
    [['quality', '--start', start, '--end', end], EXIT.ok],
  ]
}

/** What a command works in, and what ends that. */
export interface Demo {
  context: Context
  /** Has a process end with the demo, whose database it works on. */
  adopt: (child: ChildProcess) => void
  close(): Promise<void>
}

/** The environment for a database in this folder: all that is set for anything else is emptied, so that no file sets it again. */
function ownEnvironment(env: NodeJS.ProcessEnv, home: string, source: string): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.keys(env).map((name) => [name, ''])), PATH: env['PATH'], HOME: env['HOME'], OHLCV_HOME: home, OHLCV_SOURCE: source }
}

/** Keeps other demos from a database until its connections end: two that began at once would both fill it, and the first to end would take it from the other. @throws UsageError EMBEDDED_IN_USE */
async function claim({ pool, describe }: Database): Promise<{ release(): void }> {
  const client = await pool.connect()
  if (await tryLockDemo(client)) return { release: () => client.release(true) }
  client.release()
  throw new UsageError('EMBEDDED_IN_USE', `another demo is shown of ${describe}`, { hint: 'look at that one, or end it; or name another folder with OHLCV_HOME' })
}

/** Ends processes, and waits until they have ended. */
async function endAll(children: ReadonlySet<ChildProcess>): Promise<void> {
  const living = [...children].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  await Promise.all(living.map((child) => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    return ended
  }))
}

/**
 * What a demo works in: a database of its own, made anew and gone when it is closed: the fixtures as the files of the last sessions, with a thin date, one without
 * a file, one whose file is damaged, a watched security that lacks two sessions, bars of a provider, a repair, and what people are told of these. No network is used for it, and no other database.
 * @throws UsageError EMBEDDED_IN_USE when another demo is shown of the same folder; DEMO_FAILED when a step does not end as it should
 */
export async function openDemo(context: Context): Promise<Demo> {
  const { settings, log, now, signal } = context
  const home = path.join(homeFolder(settings.home, process.cwd()), 'demo')
  const folder = path.join(home, 'files')
  const env = ownEnvironment(context.env, home, folder)
  const remove = async () => {
    await removeEmbedded({ home, log, signal: new AbortController().signal })
    for (const name of ['files', 'raw', 'audit']) await rm(path.join(home, name), { recursive: true, force: true })
  }
  log.info({ folder: home }, 'making a demo: a database of its own, which goes when this ends')
  await remove()
  const database = await openDatabase({ env, home, create: true, log, signal })
  const held = await claim(database).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  const adopted = new Set<ChildProcess>()
  const close = async () => {
    await endAll(adopted)
    held.release()
    await database.close()
    await remove()
  }
  try {
    await mkdir(folder, { recursive: true })
    const calendar = createCalendar(DEFAULT_EXCHANGE, [])
    const { sessions, missing } = await writeDemoFiles(folder, calendar, settings, now())
    for (const symbol of FILLED) await writeFile(path.join(folder, `${symbol}.csv`), exportOf(symbol, missing))
    for (const [line, expected] of steps(sessions[0]!, sessions.at(-1)!)) {
      const { code, stderr } = await runChild(line, { env, cwd: folder, signal })
      signal.throwIfAborted()
      if (code !== expected) throw new UsageError('DEMO_FAILED', `the demo could not be made: \`ohlcv ${line.slice(0, 2).join(' ')}\` ended with ${code}:\n${stderr.trim()}`, { hint: 'mend what it says, and start it again' })
    }
    const tokens = { OHLCV_ADMIN_TOKEN: context.env['OHLCV_ADMIN_TOKEN'], OHLCV_READER_TOKEN: context.env['OHLCV_READER_TOKEN'] }
    return { context: { ...context, env: { ...env, ...tokens }, settings: { ...settings, home, source: folder, answers: undefined }, database: () => Promise.resolve(database) }, adopt: (child) => void adopted.add(child), close }
  } catch (error) {
    await close()
    throw error
  }
}
