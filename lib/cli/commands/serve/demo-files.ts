import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Calendar } from '../../../calendar/calendar.js'
import { lastSessions, publication, type PublicationRule } from '../../../calendar/publication.js'
import { DAY_AGGS } from '../../../datasets/day.js'
import type { IsoDate } from '../../../domain/dates.js'
import { PACKAGE_ROOT } from '../../../domain/version.js'
import { instantOf } from '../../../domain/zone.js'
import { DAY_FILE_PROVIDERS } from '../../../providers/providers.js'
import { filesOf } from '../../../providers/provider.js'

/** The folder of the fixtures, and the day files in it. */
export const FIXTURES = path.join(PACKAGE_ROOT, 'fixtures')
const DAY_FILES = path.join(FIXTURES, 'us_stocks_sip')
const { layout } = filesOf(DAY_FILE_PROVIDERS[0], DAY_AGGS)

/** Which of the sessions, counted from the first, has no file, and which one's file is cut off: too long ago for the whole to count as late. */
const MISSING = 3
const CUT = 5
/** Which sessions' files lack a watched security: of late, so that people are told. */
const LACKING = { symbol: 'IWM', sessions: [12, 13] } as const

/** Day files of the last sessions, and what is wrong with them. */
export interface DemoFiles {
  folder: string
  sessions: readonly IsoDate[]
  /** The session without a file, and what lines its file would have had, by their symbols. */
  missing: { date: IsoDate; next: IsoDate; lines: readonly string[] }
}

/** The last sessions whose files are due. */
function dueSessions(calendar: Calendar, count: number, rule: PublicationRule, now: Date): IsoDate[] {
  return lastSessions(calendar, count + 3, now).map(({ date }) => date).filter((date) => publication(calendar, date, rule).due <= now).slice(-count)
}

/** A day file as that of another date: the same bars, the instant at which that date began in place of the first's. */
function moved(bytes: Buffer, from: IsoDate, to: IsoDate): Buffer {
  const begin = (date: IsoDate) => `${instantOf(date, '00:00', DAY_AGGS.zone).getTime()}000000`
  return Buffer.from(gunzipSync(bytes).toString('latin1').replaceAll(begin(from), begin(to)), 'latin1')
}

/** A day file as that of a session, without the line that it is to lack. */
function lacking(text: Buffer, session: number): Buffer {
  return LACKING.sessions.some((at) => at === session) ? Buffer.from(text.toString('latin1').replace(new RegExp(`^${LACKING.symbol},.*\n`, 'm'), ''), 'latin1') : text
}

/** Writes the fixtures into a folder as the day files of the last sessions, so that a demo is of today whenever it is seen. */
export async function writeDemoFiles(folder: string, calendar: Calendar, rule: PublicationRule, now: Date): Promise<DemoFiles> {
  const names = (await readdir(DAY_FILES, { recursive: true })).map((name) => name.split(path.sep).join('/'))
  const dates = names.flatMap((name) => layout.dateOf(name) ?? []).toSorted()
  const sessions = dueSessions(calendar, dates.length, rule, now)
  let lines: string[] = []
  for (const [at, from] of dates.entries()) {
    const to = sessions[at]!
    const text = lacking(moved(await readFile(path.join(DAY_FILES, layout.pathOf(from))), from, to), at)
    if (at === MISSING) lines = text.toString('latin1').split('\n')
    if (at === MISSING) continue
    const file = path.join(folder, layout.pathOf(to))
    await mkdir(path.dirname(file), { recursive: true })
    const bytes = gzipSync(text)
    await writeFile(file, at === CUT ? bytes.subarray(0, bytes.length / 2) : bytes)
  }
  return { folder, sessions, missing: { date: sessions[MISSING]!, next: sessions[MISSING + 1]!, lines } }
}

/** What a provider could have given for a symbol in the place of the missing file: its line, and one after it, for the last of an export is not taken for final. */
export function exportOf(symbol: string, { date, next, lines: [header = '', ...lines] }: DemoFiles['missing']): string {
  const columns = header.split(',')
  const cells = lines.find((line) => line.startsWith(`${symbol},`))?.split(',') ?? []
  const bar = ['open', 'high', 'low', 'close', 'volume'].map((name) => cells[columns.indexOf(name)])
  return [['timestamp', 'open', 'high', 'low', 'close', 'volume'], [date, ...bar], [next, ...bar]].map((row) => `${row.join(',')}\n`).join('')
}
