import { spawnSync } from 'node:child_process'

/** What a text in the format of Prometheus says: values by `name{label="value"}` as they stand there, and types by name. */
export interface Exposition {
  values: Map<string, number>
  types: Map<string, string>
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`
const SAMPLE = new RegExp(String.raw`^(${NAME})(\{${LABEL}(?:,${LABEL})*\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$`)
const TOLD = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`)

/** Reads a text by the rules of the format (exposition formats of Prometheus, text 0.0.4), and throws where it breaks one. */
export function readExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const [values, types, helped] = [new Map<string, number>(), new Map<string, string>(), new Set<string>()]
  let current: string | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fault = (what: string): Error => new Error(`line ${index + 1}: ${what}: ${line}`)
    if (line === '') continue
    const [, about, told, rest = ''] = TOLD.exec(line) ?? []
    if (about === 'HELP') {
      if (helped.has(told!) || types.has(told!)) throw fault('told twice')
      helped.add(told!)
    } else if (about === 'TYPE') {
      if (types.has(told!) || !['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw fault('no such type, or told twice')
      types.set(told!, rest)
      current = told
    } else {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
      if (name === undefined) throw fault('no sample')
      if (name !== current) throw fault('not among the others of its name, or without a type')
      if (values.has(name + labels)) throw fault('there twice')
      values.set(name + labels, Number(value))
    }
  }
  return { values, types }
}

/** Whether promtool is there, as Debian's package prometheus has it. */
export const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0

/** What promtool says to a line of arguments; empty where all is well. */
export function promtool(line: readonly string[], { input = '', cwd }: { input?: string; cwd?: string } = {}): string {
  const { status, stdout, stderr } = spawnSync('promtool', line, { input, encoding: 'utf8', ...(cwd !== undefined && { cwd }) })
  return status === 0 ? '' : `${stdout}${stderr}`
}
