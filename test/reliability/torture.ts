import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { TYPES } from '../../lib/postgres/database.js'
import { databaseFailure } from '../../lib/postgres/failures.js'
import { openEmbedded, type EmbeddedServer } from '../../lib/postgres/embedded/embedded.js'
import { migrate } from '../../lib/postgres/migrations/migrate.js'
import { FAILPOINTS, IDENTITY_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { DAY_AGGS } from '../../lib/datasets/day.js'
import { isoDate } from '../../lib/domain/dates.js'
import { undated } from '../../lib/formats/listing.js'
import { importListings } from '../../lib/features/universe/import.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { coverageFaults } from '../helpers/coverage.js'
import { onConnect } from '../helpers/database.js'
import { embeddedHome, prepared, quietly } from '../helpers/embedded-home.js'
import { ACCEPTED, dayFilePath, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf, wholeState } from '../helpers/load.js'
import { startProgram, type Ended, type Started } from '../helpers/process.js'
import type { Random } from '../helpers/random.js'
import { memoryObject } from '../helpers/s3-objects.js'
import { startS3Server, type Fault, type S3Server } from '../helpers/s3-server.js'

/** Twenty sessions of the winter of 2025. */
const DATES = ['01', '02'].flatMap((month) => Array.from({ length: month === '01' ? 31 : 28 }, (_, day) => `2025-${month}-${String(day + 1).padStart(2, '0')}`))
  .filter((date) => ![0, 6].includes(new Date(date).getUTCDay()) && !['2025-01-01', '2025-01-09', '2025-01-20', '2025-02-17'].includes(date)).slice(2, 22)
const SYMBOLS = Array.from({ length: 200 }, (_, index) => `T${index}`)
/** Every twentieth security has another symbol from here on, half of them known from the beginning; as many are known by a dated row from here on, whatever the files have before. Files do not wait for the universe to be told. */
const CHANGED_ON = DATES[10]!
const RENAMED = SYMBOLS.filter((_, index) => index % 20 === 3)
const newSymbolOf = (symbol: string): string => symbol.replace('T', 'N')
const LISTED = SYMBOLS.filter((_, index) => index % 20 === 13)
/** A loader that takes longer has hung. */
const PATIENCE_MS = 180_000

/** The state without how each source tells its versions apart: the same bytes may have come from the one or the other. */
function comparable(state: Record<string, string[]>): Record<string, string[]> {
  return { ...state, days: state['days']!.map((day) => day.replace(/\|(etag|sha256):[0-9a-f]+\|/, '|')) }
}

/** Tells everything there is to tell, in this process and in peace. */
async function tellAll(pool: pg.Pool): Promise<void> {
  for (const oldSymbol of RENAMED) await renameSymbol(runtimeOf(pool), { oldSymbol, newSymbol: newSymbolOf(oldSymbol), on: isoDate(CHANGED_ON), reused: false, ...ACCEPTED })
  await importListings(runtimeOf(pool), { listings: { rows: LISTED.map((symbol) => ({ ...undated(0, symbol, {}), from: isoDate(CHANGED_ON) })), testIssues: 0 }, cause: 'import', ...ACCEPTED })
}

/** What was done to the loaders and the server. */
export interface Damage {
  loaders: number
  loaderKills: number
  identityChanges: number
  identityKills: number
  serverKills: number
  backendKills: number
  signals: number
  sourceFaults: number
  versions: number
  checks: number
  /** How the loaders ended that were let be, by exit code. */
  exits: Record<string, number>
}

/** A database of its own, its files in a directory and on an S3 server, and the means to hurt all of them. */
export class Torture {
  readonly damage: Damage = { loaders: 0, loaderKills: 0, identityChanges: 0, identityKills: 0, serverKills: 0, backendKills: 0, signals: 0, sourceFaults: 0, versions: 0, checks: 0, exits: {} }
  readonly #versions = new Map<string, number>()

  private constructor(
    private readonly t: Test, private readonly random: Random, private readonly home: string, private readonly root: string,
    private readonly server: EmbeddedServer, private readonly s3: S3Server,
  ) {}

  static async begin(t: Test, random: Random): Promise<Torture> {
    const home = await prepared(embeddedHome(t))
    const server = await openEmbedded(quietly(home))
    t.teardown(() => server.release())
    const s3 = await startS3Server()
    t.teardown(() => s3.close())
    const torture = new Torture(t, random, home, t.testdir({}), server, s3)
    await torture.#query(async (pool) => {
      await migrate(pool)
      await registerSymbols(pool, [...SYMBOLS, ...RENAMED.filter((_, index) => index % 2 === 0).map(newSymbolOf)])
    })
    for (const date of DATES) torture.#publish(date)
    return torture
  }

  /** Publishes the next version of a date's file: some bars change, one comes, one goes, one is no bar. */
  #publish(date: string): void {
    const version = (this.#versions.get(date) ?? 0) + 1
    this.#versions.set(date, version)
    const bars = SYMBOLS.flatMap((symbol, index) => {
      if (index % 100 === version % 100) return []
      const price = 20 + Number(date.slice(-2)) + (index % 5 === version % 5 ? version / 4 : 0)
      return [`${date >= CHANGED_ON && RENAMED.includes(symbol) ? newSymbolOf(symbol) : symbol},${price},${price + 2},${price - 2},${price + 0.125},${index}.${version}5,${index}`]
    })
    putDayFile(this.root, date, [...bars, `T7,1,1,${version + 1},1,1,1`, `WHO${version},1,1,1,1,1,1`])
    const key = dayFilePath(DAY_AGGS, date)
    this.s3.objects.set(`stocks/${key}`, memoryObject(readFileSync(path.join(this.root, key))))
  }

  async #query<T>(work: (pool: pg.Pool) => Promise<T>, database = 'ohlcv'): Promise<T> {
    const pool = new pg.Pool({ ...this.server.connection, database, types: TYPES, max: 2, onConnect })
    pool.on('error', () => {})
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await work(pool)
        } catch (error) {
          // The server may still be coming back from what was done to it, or have nobody left who would start it again.
          if (databaseFailure(error) !== 'session' || tries === 100) throw error
          if (tries % 10 === 0) await startProgram(this.t, ['runs'], { OHLCV_HOME: this.home }).ended
          await delay(200)
        }
      }
    } finally {
      await pool.end()
    }
  }

  #start(line: string[], env: Record<string, string> = {}): Started {
    return startProgram(this.t, line, { OHLCV_HOME: this.home, OHLCV_DATABASE_WAIT: '60', ...this.s3.env, ...env })
  }

  #load(line: string[], env?: Record<string, string>): Started {
    this.damage.loaders++
    return this.#start(['load', ...line], env)
  }

  /** The command that tells of one rename, or imports when symbols were listed. */
  #telling(): string[] {
    const symbol = RENAMED[this.random.below(RENAMED.length + 1)]
    if (symbol !== undefined) return ['universe', 'rename', symbol, newSymbolOf(symbol), '--on', CHANGED_ON, '--accept']
    const file = path.join(this.root, 'listed.csv')
    writeFileSync(file, `symbol,valid_from\n${LISTED.map((listed) => `${listed},${CHANGED_ON}\n`).join('')}`)
    return ['universe', 'import', file, '--accept']
  }

  /** A change of identities that comes to harm, or does not. */
  async #identities(): Promise<void> {
    const { random } = this
    this.damage.identityChanges++
    const harm = random.chance(0.5) ? { OHLCV_FAILPOINT: random.pick(IDENTITY_FAILPOINTS) } : {}
    const { code, signal, stdout, stderr } = await this.#ended(this.#start([...this.#telling(), '--json'], harm))
    if (signal === 'SIGKILL') this.damage.identityKills++
    // The server may be killed meanwhile; whatever else, it is told in peace in the end.
    else if (![0, 2, 3].includes(code ?? -1)) throw new Error(`a change of identities ended with ${code}:\n${stdout}\n${stderr}`)
  }

  async #ended({ ended, kill }: Started): Promise<Ended> {
    const end = await Promise.race([ended, delay(PATIENCE_MS, undefined, { ref: false })])
    if (end !== undefined) return end
    kill('SIGKILL')
    throw new Error(`a loader hung:\n${(await ended).stderr}`)
  }

  /** A loader over some of the dates, that comes to harm in one way or another, or does not. */
  async #loader(): Promise<void> {
    const { random } = this
    const from = random.below(DATES.length - 1)
    const to = from + random.below(DATES.length - from)
    const source = random.chance(0.4) ? `s3://${this.s3.bucket}/stocks` : this.root
    const line = ['--source', source, '--start', DATES[from]!, '--end', DATES[to]!, '--lanes', String(1 + random.below(4)), ...(random.chance(0.5) ? ['--force'] : []), '--json']
    const way = random.next()
    if (way < 0.4) {
      const step = random.pick(FAILPOINTS)
      const end = await this.#ended(this.#load(line, { OHLCV_FAILPOINT: `${step}:${1 + random.below(5)}` }))
      if (end.signal === 'SIGKILL') this.damage.loaderKills++
      return this.#judge(end)
    }
    const loader = this.#load(line)
    if (way < 0.9) {
      const early = random.chance(0.1)
      if (!early) await loader.says(/load begins/).catch(() => undefined)
      await delay(random.below(early ? 500 : 700))
      const signal = random.chance(0.85) ? 'SIGKILL' : random.pick(['SIGINT', 'SIGTERM'] as const)
      loader.kill(signal)
      const end = await this.#ended(loader)
      if (end.signal === 'SIGKILL') this.damage.loaderKills++
      else if (signal !== 'SIGKILL') this.damage.signals++
      return this.#judge(end)
    }
    return this.#judge(await this.#ended(loader))
  }

  /** A loader that was let be ends in one of the documented ways, with a document; never with an internal error. */
  #judge({ code, signal, stdout, stderr }: Ended): void {
    if (signal !== null) return
    this.damage.exits[String(code)] = (this.damage.exits[String(code)] ?? 0) + 1
    const document = JSON.parse(stdout || '{}') as { exit_code?: number }
    if (document.exit_code !== code || ![0, 2, 3, 130, 143].includes(code ?? -1)) throw new Error(`a loader ended with ${code}:\n${stdout}\n${stderr}`)
  }

  /** Kills a process of the server, proven to be one by its working directory: an id from a file or a list may be another's by now. */
  #killOwn(pid: number): boolean {
    try {
      if (!(pid > 1) || readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(this.server.place.data)) return false
      return process.kill(pid, 'SIGKILL')
    } catch {
      return false
    }
  }

  #killServer(): void {
    const lock = path.join(this.server.place.data, 'postmaster.pid')
    if (existsSync(lock) && this.#killOwn(Number(readFileSync(lock, 'utf8').split('\n')[0]))) this.damage.serverKills++
  }

  async #killBackend(): Promise<void> {
    const pids = await this.#query(async (pool) =>
      (await pool.query<{ pid: number }>(`select pid from pg_stat_activity where datname = 'ohlcv' and pid <> pg_backend_pid()`)).rows)
    if (pids.length === 0) return
    if (this.#killOwn(this.random.pick(pids).pid)) this.damage.backendKills++
  }

  #faults(): void {
    const { random } = this
    const key = `stocks/${dayFilePath(DAY_AGGS, random.pick(DATES))}`
    const at = random.below(4000)
    const fault: Fault = random.pick<Fault>([
      { operation: 'get', key, resetAfter: at }, { operation: 'get', key, endAfter: at }, { operation: 'get', key, flipBitAt: at },
      { status: 500, times: 2 }, { status: 503, code: 'SlowDown' }, { refuse: true }, { delay: 300 },
    ])
    this.s3.faults.push(fault)
    this.damage.sourceFaults++
  }

  /** A few loaders at once, and what happens to them. */
  async round(): Promise<void> {
    const { random } = this
    while (random.chance(0.4)) {
      this.#publish(random.pick(DATES))
      this.damage.versions++
    }
    while (random.chance(0.5)) this.#faults()
    const loaders = Array.from({ length: 2 + random.below(2) }, () => this.#loader())
    const hurt = random.next()
    const harm = async () => {
      await delay(400 + random.below(800))
      if (hurt < 0.08) this.#killServer()
      else if (hurt < 0.16) await this.#killBackend()
    }
    const identities = random.chance(0.6) ? [this.#identities()] : []
    await Promise.all([...loaders, ...identities, harm()])
  }

  /** What is not whole: dates on which what the ledger says of the bars is not what is there, and securities of which that is so. */
  async check(): Promise<string[]> {
    this.damage.checks++
    return this.#query(async (pool) => (await pool.query<{ date: string }>(
      `select coalesce(d.date, b.date) as date
         from days d full join (select time as date, count(*) as bars from ohlcv_daily group by time) b using (date)
        where d.date is null or d.row_count <> coalesce(bars, 0) or d.checksum <> (select checksum from ohlcv_daily_checksum(d.date))
           or exists (select from lineage l where l.load_id = d.load_id and l.staged <> d.row_count + d.dropped)`)).rows.map(({ date }) => date).concat(await coverageFaults(pool)))
  }

  /** Dates that stand at other bytes than their file has. */
  async #otherVersions(): Promise<string[]> {
    const rows = await this.#query(async (pool) => (await pool.query<{ date: string; sha256: string }>('select date, sha256 from days join lineage using (load_id, date)')).rows)
    const stored = new Map(rows.map(({ date, sha256 }) => [date, sha256]))
    return DATES.filter((date) => {
      const bytes = readFileSync(path.join(this.root, dayFilePath(DAY_AGGS, date)))
      return stored.get(date) !== createHash('sha256').update(bytes).digest('hex')
    })
  }

  /** Loads everything in peace, and returns the state beside that of a database that never saw anything else. */
  async end(): Promise<{ exit: Ended; state: Record<string, string[]>; clean: Record<string, string[]>; open: number; otherVersions: string[] }> {
    this.s3.faults.length = 0
    await this.#query(tellAll)
    const exit = await this.#ended(this.#load(['--source', this.root, '--start', DATES[0]!, '--end', DATES.at(-1)!]))
    const state = comparable(await this.#query(wholeState))
    const otherVersions = await this.#otherVersions()
    const open = await this.#query(async (pool) => (await pool.query(`select from ingestion_runs where status = 'running'`)).rowCount ?? 0)
    await this.#query((pool) => pool.query('create database clean'))
    const clean = await this.#query(async (pool) => {
      await migrate(pool)
      await registerSymbols(pool, [...SYMBOLS, ...RENAMED.filter((_, index) => index % 2 === 0).map(newSymbolOf)])
      await tellAll(pool)
      await loadDates(pool, directorySource(this.root), DATES[0]!, DATES.at(-1))
      return comparable(await wholeState(pool))
    }, 'clean')
    return { exit, state, clean, open, otherVersions }
  }
}
