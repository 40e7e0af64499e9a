import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { Problem } from '../../../http/framework/problem.js'
import type { Site } from '../../../http/framework/site.js'
import type { Context } from '../../framework/command.js'
import { SETTINGS, type SettingName } from '../../framework/settings.js'
import { PROGRAM } from './child.js'

/** How long the answer may take in milliseconds: the process begins, and writes the action down. */
const ANSWER_MS = 30_000
/** What a document that is printed ends with. */
const END = '\n}\n'

/** Why an action is not taken on, as far as that is told, with the status of each. */
const REFUSALS: Readonly<Partial<Record<string, number>>> = { REQUEST_INVALID: 400, ACTION_KEY_USED: 409, ACTIONS_AT_ONCE: 429 }

type Child = ChildProcessByStdio<Writable, Readable, null>

/** What the process answers with. */
interface Answer {
  action_id?: number
  existing?: boolean
  error?: { code: string; message: string }
}

/**
 * The environment of who acts: that of the service with its settings, wherever these come from, and the login of OHLCV_ACTING_DATABASE_URL where that is set. It needs no
 * token: those are emptied, so that it does not read them from a file either.
 */
export function actingEnvironment({ env, settings }: Pick<Context, 'env' | 'settings'>): NodeJS.ProcessEnv {
  const set = (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => (settings[name] === undefined ? [] : [[SETTINGS[name].env, String(settings[name])]]))
  const login = env['OHLCV_ACTING_DATABASE_URL'] || env['DATABASE_URL']
  return { ...env, ...Object.fromEntries(set), ...(login !== undefined && { DATABASE_URL: login }), OHLCV_ACTING_DATABASE_URL: '', OHLCV_ADMIN_TOKEN: '', OHLCV_READER_TOKEN: '' }
}

/** What a process prints first, whole; undefined where it ends, or takes too long, without. */
async function answerOf(child: Child): Promise<Answer | undefined> {
  let printed = ''
  child.stdout.setEncoding('utf8')
  const whole = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: string) => {
      printed += text
      if (printed.endsWith(END)) resolve()
    })
  })
  const late = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS)
  try {
    await Promise.race([whole, once(child, 'close')])
  } finally {
    clearTimeout(late)
  }
  return printed.endsWith(END) ? JSON.parse(printed) as Answer : undefined
}

/** What keeps an action from being taken on, in words for who asked; what is wrong with the machinery is for the log. */
function refusal(error: Answer['error']): Error {
  const { code, message } = error ?? { code: 'INTERNAL', message: 'the process that was to act ended without a word' }
  const status = REFUSALS[code]
  if (status !== undefined) return new Problem(status, code, message, status === 429 ? { 'retry-after': '60' } : {})
  if (code.startsWith('DATABASE_')) return new Problem(503, 'DATABASE_UNAVAILABLE', 'the database does not answer to who would act; try again', { 'retry-after': '5' })
  return new Error(`the action was not begun: ${code}: ${message}`)
}

/**
 * Has actions done, each by a process of its own that goes on when the service ends: what it is asked goes to its standard input, and nothing but the name of the
 * command is in its arguments.
 * @param onChild told of each process as it begins
 */
export function startAction(context: Pick<Context, 'env' | 'settings' | 'log'>, onChild: (child: ChildProcess) => void = () => {}): Site['act'] {
  const { log } = context
  const env = actingEnvironment(context)
  return async ({ action, request, requestedBy, idempotencyKey }) => {
    const child: Child = spawn(process.execPath, [PROGRAM, 'act', '--json', ...(log.isLevelEnabled('info') ? [] : ['--quiet'])], { env, detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
    onChild(child)
    child.on('error', (error) => log.error({ reason: error.message }, 'no process could be begun to act'))
    // It may have ended before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify({ action, request, requested_by: requestedBy, idempotency_key: idempotencyKey }))
    const { action_id: actionId, existing = false, error } = (await answerOf(child)) ?? {}
    child.stdout.destroy()
    child.unref()
    if (actionId === undefined) throw refusal(error)
    log.info({ action: actionId, kind: action, by: requestedBy, existing }, 'an action is taken on')
    child.on('exit', (code, signal) => log.info({ action: actionId, exit_code: code, ...(signal !== null && { signal }) }, 'the process of an action has ended'))
    return { actionId, existing }
  }
}
