import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as v from 'valibot'
import { UsageError } from '../domain/errors.js'
import { PACKAGE_ROOT } from '../domain/version.js'

/** How far a provider is relied on. */
export const TIERS = ['primary', 'secondary', 'fallback'] as const

/** How often a provider may be asked; null where that is not limited. Days and months are those of UTC. */
export interface ProviderLimits {
  name: string
  /** The lowest is asked first. */
  priority: number
  tier: (typeof TIERS)[number]
  /** Whether it is asked where nobody is named. */
  enabled: boolean
  perSecond: number | null
  perMinute: number | null
  perDay: number | null
  perMonth: number | null
}

/** When the limits of a day are renewed. */
export function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
}

/** When the limits of a month are renewed. */
export function nextMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))
}

/** What the file of limits comes from where no other is set. */
const SHIPPED = path.join(PACKAGE_ROOT, 'providers.yaml')

/** The priority of a provider that the file does not name: after all it may give. */
const LAST = 1001

function object<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, ({ expected }) => (expected === 'never' ? 'is not known' : expected === 'Object' ? 'must have fields' : 'is missing'))
}

function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message))
}

const LIMITS = object({
  priority: whole(1, 1000),
  tier: v.picklist(TIERS, `must be one of ${TIERS.join(', ')}`),
  enabled: v.optional(v.boolean('must be true or false')),
  monthly_limit: v.optional(whole(1, 1_000_000_000)),
  per_second: v.optional(whole(1, 1000)),
  per_minute: v.optional(whole(1, 60_000)),
  per_day: v.optional(whole(1, 1_000_000_000)),
})

const FILE = object({ providers: v.record(v.string('must be a name'), LIMITS, 'must have the names of providers') })

/**
 * The limits of each provider, that of the lowest priority first, from the shipped providers.yaml or another file; one that it does not name has none and comes last.
 * @param known who there is, and what else they are called
 * @throws UsageError PROVIDERS_FILE, naming file, line and field
 */
export async function readLimits(file: string | undefined, known: readonly { name: string; aliases: readonly string[] }[]): Promise<ProviderLimits[]> {
  const place = file === undefined ? SHIPPED : path.resolve(file)
  const given = new Map<string, v.InferOutput<typeof LIMITS>>()
  const { fields, fault } = await parse(place)
  for (const [called, limits] of Object.entries(fields.providers)) {
    const name = known.find((provider) => provider.name === called || provider.aliases.includes(called))?.name
    if (name === undefined) throw fault(['providers', called], `is no provider; there are ${known.map((provider) => provider.name).join(', ')}`)
    if (given.has(name)) throw fault(['providers', called], `is the provider ${name}, which is there already`)
    given.set(name, limits)
  }
  return known.map(({ name }) => limitsOf(name, given.get(name))).toSorted((a, b) => a.priority - b.priority)
}

function limitsOf(name: string, given: v.InferOutput<typeof LIMITS> | undefined): ProviderLimits {
  const { priority = LAST, tier = 'fallback', enabled = true, per_second = null, per_minute = null, per_day = null, monthly_limit = null } = given ?? {}
  return { name, priority, tier, enabled, perSecond: per_second, perMinute: per_minute, perDay: per_day, perMonth: monthly_limit }
}

interface Parsed {
  fields: v.InferOutput<typeof FILE>
  /** What to throw for a field. */
  fault: (field: readonly string[], what: string) => UsageError
}

async function parse(place: string): Promise<Parsed> {
  const error = (what: string, cause?: unknown) => new UsageError('PROVIDERS_FILE', `${place}${what}`, { cause, hint: `the shipped ${SHIPPED} shows what it may hold` })
  // Loaded when first needed: other commands read no YAML.
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml')
  const text = await readFile(place, 'utf8').catch((cause: unknown) => {
    throw error(` cannot be read: ${(cause as Error).message}`, cause)
  })
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => `, line ${lines.linePos(offset).line}`
  const [broken] = document.errors
  if (broken) throw error(`${lineAt(broken.pos[0])}: ${broken.message}`)
  const fault = (field: readonly string[], what: string) => {
    // A field that is missing is told of by the line of what lacks it.
    let at: number | undefined
    let node: unknown = document.contents
    for (const step of field) {
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined
      if (!pair || !isScalar(pair.key)) break
      at = pair.key.range?.[0]
      node = pair.value
    }
    return error(`${at === undefined ? '' : lineAt(at)}: ${field.length === 0 ? 'the file' : field.join('.')} ${what}`)
  }
  const read = v.safeParse(FILE, document.toJS())
  if (read.success) return { fields: read.output, fault }
  const [issue] = read.issues
  throw fault((issue.path ?? []).map(({ key }) => key as string), issue.message)
}
