import { mkdtemp, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { readLimits } from '../../providers/limits.js'
import { failed, ok, skipped, type HealthCheck, type Subject } from './check.js'

// What a fetch needs besides what a load needs; of no matter where no provider's key is set.

const KEYS = BAR_PROVIDERS.flatMap(({ api: { key } }) => (key === null ? [] : [key.env]))
const keysSet = ({ env }: Subject): string[] => KEYS.filter((name) => env[name]?.trim())
const NO_KEY = skipped(`no provider's key is set (${KEYS.join(', ')})`)

/** Says whether keys are there, never what they are. */
export const providers: HealthCheck = {
  name: 'providers',
  async look(subject) {
    const keys = keysSet(subject)
    if (keys.length === 0) return NO_KEY
    await readLimits(subject.settings.providers, BAR_PROVIDERS)
    return ok(`${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} set`)
  },
}

/** The folder, or the one above it in which it is to be made. */
async function existing(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined || path.dirname(folder) === folder ? folder : existing(path.dirname(folder))
}

export const answers: HealthCheck = {
  name: 'answers',
  async look(subject) {
    const { answers } = subject.settings
    if (keysSet(subject).length === 0) return NO_KEY
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(answers)) return skipped('the place where answers are kept is none of this machine')
    const folder = path.resolve(answers)
    try {
      await rm(await mkdtemp(path.join(await existing(folder), '.ohlcv-doctor-')), { recursive: true })
    } catch (error) {
      return failed(`answers cannot be kept in ${folder}: ${(error as Error).message}`, { hint: 'make room there or mend its rights, or name another place with OHLCV_RAW' })
    }
    return ok(`kept in ${folder}`)
  },
}
