import { looseDocument } from '../../documents/loose.js'
import { externalTarget } from '../../postgres/connect.js'
import { migrate } from '../../postgres/migrations/migrate.js'
import { connectDatabase } from '../../postgres/open.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { type Check, examineDatabase, examineSurroundings } from './doctor-checks.js'
import { defineCommand } from '../framework/command.js'
import { openOptions } from '../framework/database-options.js'

const MARKS = { ok: '✓', warning: '!', failed: '✗', skipped: '-' }
const COLOURS = { ok: 32, warning: 33, failed: 31, skipped: 90 }

function line({ name, state, message, hint }: Check, colour: boolean): string {
  const mark = colour ? `\x1b[${COLOURS[state]}m${MARKS[state]}\x1b[0m` : MARKS[state]
  const indent = ' '.repeat(15)
  const text = message.replaceAll('\n', `\n${indent}`)
  return `${mark} ${name.padEnd(12)} ${text}${hint === undefined ? '' : `\n${indent}${hint}`}`
}

function summary(checks: Check[]): string {
  const wrong = checks.filter(({ state }) => state === 'failed').length
  if (wrong > 0) return `${wrong} of ${checks.length} need attention.`
  return checks.some(({ state }) => state === 'warning') ? 'All is well but for what is marked with !.' : 'All is well.'
}

export const doctor = defineCommand({
  document: looseDocument('ohlcv.doctor/1'),
  ...NAMES.doctor,
  examples: [['doctor', 'a line for each, with what to do; exit code 2 when something is wrong']],
  flags: {},
  settings: ['source'],
  async run(_args, context) {
    const connect = async () => {
      const database = await connectDatabase(openOptions(context))
      // As every command does: the embedded one's schema is never the user's business.
      if (database.kind === 'embedded') await migrate(database.pool)
      return database
    }
    const checks = [...(await examineSurroundings(context)), ...(await examineDatabase(connect, () => externalTarget(context.env)?.from, context.now))]
    context.signal.throwIfAborted()
    const healthy = checks.every(({ state }) => state !== 'failed')
    return {
      exitCode: healthy ? EXIT.ok : EXIT.usage,
      text: () => [...checks.map((check) => line(check, context.colour)), '', summary(checks)].join('\n'),
      data: { healthy, checks },
    }
  },
})
