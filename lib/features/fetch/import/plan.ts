import type pg from 'pg'
import { createCalendar, type Calendar } from '../../../calendar/calendar.js'
import { exchangeNamed } from '../../../calendar/exchanges.js'
import { LEGACY } from '../../../providers/legacy/legacy.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { beginReading } from '../../../store/legacy/rows.js'
import type { Runtime } from '../../runs/runtime.js'
import { watchAbort } from '../../runs/watch-abort.js'
import { chooseFiles, givenByFiles, type ChosenFile } from './files.js'
import type { ImportPlan } from './import.js'
import { WITH_FILES, type FilesRequest, type TableRequest } from './request.js'
import { givenByTable, openTable, type OpenedTable } from './table.js'

const calendarOf = async ({ db }: Runtime, { exchange }: Pick<TableRequest, 'exchange'>): Promise<Calendar> => createCalendar(exchangeNamed(exchange)!, await listOverrides(db.pool, exchange))

/** Has a connection that reads the database as it is now until the work is done, and writes nothing. */
async function reading<T>({ db, signal }: Runtime, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.connect(signal)
  const watch = watchAbort(db.pool, client, signal)
  watch.begin()
  try {
    await beginReading(client)
    return await work(client)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    watch.end()
    // Whatever it still does is of no use to anybody.
    client.release(true)
  }
}

/**
 * Opens a table for as long as the work takes, as it is at this moment, and locks it no more than any reader does.
 * @throws UsageError where it cannot be imported
 */
export async function withTable<T>(runtime: Runtime, request: TableRequest, work: (plan: ImportPlan, table: OpenedTable) => Promise<T>): Promise<T> {
  const calendar = await calendarOf(runtime, request)
  return reading(runtime, async (client) => {
    const table = await openTable(client, request)
    const { dry_run: _, ...kept } = request
    const givens = () => givenByTable(client, table, request, calendar, runtime.now())
    return work({ provider: LEGACY, request: kept, calendar, size: table.rows - table.withoutSymbol, sizeOf: ({ rows }) => rows, givens }, table)
  })
}

/** What the files of a request hold. @throws UsageError where one cannot be read at all, or does not say whose bars it holds */
export async function planFiles(runtime: Runtime, request: FilesRequest, stdin: NodeJS.ReadableStream): Promise<{ plan: ImportPlan; files: ChosenFile[] }> {
  const provider = WITH_FILES.find(({ name }) => name === request.provider)!
  const [calendar, files] = [await calendarOf(runtime, request), await chooseFiles(request)]
  const { dry_run: _, ...kept } = request
  const givens = () => givenByFiles(files, provider, calendar, runtime.now(), stdin)
  return { files, plan: { provider, request: kept, calendar, size: files.length, sizeOf: () => 1, givens } }
}
