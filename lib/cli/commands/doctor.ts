import { DOCTOR } from '../../documents/doctor.js'
import { migrate } from '../../postgres/migrations/migrate.js'
import { connectDatabase } from '../../postgres/open.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { HEALTH_CHECKS } from '../../features/health/checks.js'
import { examine, type Examined } from '../../features/health/examine.js'
import { defineCommand } from '../framework/command.js'
import { openOptions } from '../framework/database-options.js'
import { answersPlace } from '../framework/kept-answers.js'
import { fileSize } from '../terminal/bytes.js'
import { styled } from '../terminal/colour.js'
import { figure } from '../../documents/figures.js'

const MARKS = { ok: '✓', warning: '!', failed: '✗', skipped: '-' }
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'gray' } as const

function line({ name, state, message, hint }: Examined, colour: boolean): string {
  const mark = styled(MARKS[state], COLOURS[state], colour)
  const indent = ' '.repeat(15)
  const text = message.replaceAll('\n', `\n${indent}`)
  return `${mark} ${name.padEnd(12)} ${text}${hint === undefined ? '' : `\n${indent}${hint}`}`
}

function summary(checks: Examined[]): string {
  const wrong = checks.filter(({ state }) => state === 'failed').length
  if (wrong > 0) return `${wrong} of ${checks.length} need attention.`
  return checks.some(({ state }) => state === 'warning') ? 'All is well but for what is marked with !.' : 'All is well.'
}

export const doctor = defineCommand({
  document: DOCTOR,
  ...NAMES.doctor,
  examples: [['doctor', 'a line for each, with what to do; exit code 2 when something is wrong']],
  flags: {},
  settings: ['source', 'providers', 'answers'],
  async run(_args, context) {
    const connect = async () => {
      const database = await connectDatabase(openOptions(context))
      // As every command does: the embedded one's schema is never the user's business.
      if (database.kind === 'embedded') await migrate(database.pool)
      return database
    }
    const { env, settings, now, signal } = context
    const checks = await examine(HEALTH_CHECKS, { env, settings: { ...settings, answers: answersPlace(context) }, now, signal, connect, figure, size: fileSize })
    signal.throwIfAborted()
    const healthy = checks.every(({ state }) => state !== 'failed')
    return {
      exitCode: healthy ? EXIT.ok : EXIT.usage,
      text: () => [...checks.map((check) => line(check, context.colour)), '', summary(checks)].join('\n'),
      data: { healthy, checks },
    }
  },
})
