import type { Options, PositionalOptions } from 'yargs'
import { createCalendar } from '../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../calendar/exchanges.js'
import { lastSessions } from '../../calendar/publication.js'
import { datesOf, isIsoDate, lastOfMonth } from '../../domain/dates.js'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import { EXIT } from '../framework/exit.js'
import { commands } from '../commands/index.js'
import { GLOBAL_FLAGS, NAMES } from '../framework/names.js'
import { describeCommands, type DescribedCommand } from '../framework/describe.js'
import { readSettings } from '../framework/settings.js'

/** Something that can stand where the cursor is; its meaning is for shells that show one. */
interface Candidate {
  value: string
  meaning: string
}

/** How long a database may take to name symbols: longer than a person waits for Tab is no help. */
const LOOK_MS = 400
const MOST_SYMBOLS = 50
const RECENT_SESSIONS = 10
/** Flags and positionals that take a symbol, or a date, by their names. */
const SYMBOLS: ReadonlySet<string> = new Set(['symbol', 'symbols', 'old'])
const LISTS: ReadonlySet<string> = new Set(['symbols', 'timespan'])
const DATES: ReadonlySet<string> = new Set(['start', 'end', 'date', 'on'])

/** Sessions that begin as typed: those of the month, once that is typed, else the latest. */
function sessionsLike(typed: string, now: Date): string[] {
  const calendar = createCalendar(DEFAULT_EXCHANGE)
  const first = `${typed.slice(0, 7)}-01`
  const dates = isIsoDate(first) ? [...datesOf({ start: first, end: lastOfMonth(first) })] : lastSessions(calendar, RECENT_SESSIONS, now).map(({ date }) => date)
  return dates.filter((date) => date.startsWith(typed) && calendar.session(date))
}

/** Symbols that begin as typed, from a database that is there and answers at once. */
async function symbolsLikeTyped(typed: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const [{ glance }, { symbolsLike }] = await Promise.all([import('../../postgres/glance.js'), import('../../store/universe/symbols.js')])
  const pattern = `${typed.replaceAll(/[\\%_]/g, '\\$&')}%`
  const found = await glance(env, readSettings({}, env).home, LOOK_MS, (db) => symbolsLike(db, [pattern], MOST_SYMBOLS))
  return (found ?? []).filter((symbol) => symbol.startsWith(typed))
}

/** The values that a flag or positional can take, as far as they are known. */
async function valuesOf(name: string, { choices }: Options | PositionalOptions, typed: string, env: NodeJS.ProcessEnv, now: Date): Promise<string[]> {
  if (choices) return choices.map(String)
  if (DATES.has(name)) return sessionsLike(typed, now)
  // A list is completed at its end.
  const begun = LISTS.has(name) ? typed.slice(0, typed.lastIndexOf(',') + 1) : ''
  const values = name === 'timespan' ? TIMESPAN_NAMES : SYMBOLS.has(name) ? await symbolsLikeTyped(typed.slice(begun.length), env) : []
  return values.map((value) => begun + value)
}

const takesValue = (flag: Options | undefined): boolean => flag !== undefined && flag.type !== 'boolean'

/** The words of a command's line that are no flags and no flags' values. */
function plainWords(words: readonly string[], flags: Record<string, Options>): string[] {
  return words.filter((word, index) => !word.startsWith('-') && !takesValue(flags[words[index - 1]?.replace(/^--/, '') ?? '']))
}

/** What can follow inside a command. */
async function inside(command: DescribedCommand, before: readonly string[], typed: string, env: NodeJS.ProcessEnv, now: Date): Promise<Candidate[]> {
  const flags: Record<string, Options> = { ...command.flags, ...GLOBAL_FLAGS }
  const last = before.at(-1) ?? ''
  const flag = last.startsWith('--') ? flags[last.slice(2)] : undefined
  const bare = (values: string[]): Candidate[] => values.map((value) => ({ value, meaning: '' }))
  if (flag && takesValue(flag)) return bare(await valuesOf(last.slice(2), flag, typed, env, now))
  if (typed.startsWith('-')) {
    return Object.entries(flags).filter(([name]) => !before.includes(`--${name}`)).map(([name, { describe }]) => ({ value: `--${name}`, meaning: describe ?? '' }))
  }
  const [name, positional] = Object.entries(command.positionals)[plainWords(before, flags).length - command.name.split(' ').length] ?? []
  return name === undefined || !positional ? [] : bare(await valuesOf(name, positional, typed, env, now))
}

/** What can stand in the place of the last word, which may be empty or begun. */
async function candidates(words: readonly string[], env: NodeJS.ProcessEnv, now: Date): Promise<Candidate[]> {
  const [before, typed] = [words.slice(0, -1), words.at(-1) ?? '']
  const [group, member] = before
  if (group === undefined) return Object.values(NAMES).map(({ usage, describe }) => ({ value: usage.split(' ')[0]!, meaning: describe }))
  const described = await describeCommands(commands.filter((register) => String(register(async () => {}).command).split(' ')[0] === group))
  const command = described.find(({ name }) => name === `${group} ${member}`) ?? described.find(({ name }) => name === group)
  const members = before.length === 1 ? described.filter(({ name }) => name !== group).map(({ name, describe }) => ({ value: name.slice(group.length + 1), meaning: describe })) : []
  return typed.startsWith('-') || members.length === 0 ? (command ? inside(command, before, typed, env, now) : []) : members
}

/**
 * Prints what completes the words typed so far, a candidate a line with its meaning after a tab, for the scripts of
 * `ohlcv completion`. Starts and makes nothing, and says nothing where it fails: the person is still typing.
 */
export async function complete(words: readonly string[], host: NodeJS.Process): Promise<void> {
  try {
    const found = (await candidates(words, host.env, new Date())).filter(({ value }) => value.startsWith(words.at(-1) ?? ''))
    host.stdout.write(found.map(({ value, meaning }) => `${value}\t${meaning}\n`).join(''))
  } catch {
    host.exitCode = EXIT.ok
  }
}
