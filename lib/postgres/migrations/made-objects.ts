import { readMigrations, type Migration } from './migrate.js'

/** What a migration can leave in a database. Tables, views and sequences share their names, so which one it is now only the database knows. */
export interface MadeObject {
  kind: 'relation' | 'routine' | 'type' | 'schema'
  /** The schema as written; undefined for that of the migrations. */
  schema: string | undefined
  name: string
  /** The types of a routine's arguments, with commas; undefined where none are written. */
  types: string | undefined
}

const KINDS = {
  table: 'relation', view: 'relation', 'materialized view': 'relation', sequence: 'relation',
  function: 'routine', procedure: 'routine', aggregate: 'routine', type: 'type', domain: 'type', schema: 'schema',
} satisfies Record<string, MadeObject['kind']>
const KIND = Object.keys(KINDS).join('|')
const NAME = String.raw`(?:\w+\.)?\w+`
const NAME_AND_ARGUMENTS = String.raw`${NAME}(?:\((?:[^()]|\([^()]*\))*\))?`

/** The statements that decide which names there are; also inside of DO, where they are indented. Bars are made by a function. */
const STATEMENT = new RegExp([
  String.raw`^[ \t]*create (?:or replace )?(?:unlogged )?(?<created>${KIND}) (?:if not exists )?(?<as>${NAME_AND_ARGUMENTS})`,
  String.raw`^[ \t]*drop (?<dropped>${KIND}) (?:if exists )?(?<names>${NAME_AND_ARGUMENTS}(?:\s*,\s*${NAME_AND_ARGUMENTS})*)`,
  String.raw`^[ \t]*alter (?<renamed>${KIND}) (?:if exists )?(?<from>${NAME_AND_ARGUMENTS}) rename to (?<to>\w+)`,
  String.raw`\bohlcv_create_bars\('(?<bars>\w+)'`,
].join('|'), 'gim')

/** The parts of a list; commas within parentheses part nothing. */
function parts(list: string): string[] {
  return list.split(/,(?![^()]*\))/).map((part) => part.trim()).filter((part) => part !== '')
}

/** The type in `name type default ...`, or in the type alone; undefined for what is only given back. */
function typeOf(argument: string): string | undefined {
  if (/^out\s/i.test(argument)) return undefined
  const words = argument.replace(/\s+default\s.*$|\s*=.*$/is, '').replace(/^(?:in|inout|variadic)\s+/i, '')
  return words.replace(/^\w+\s+(?=\w)/, '')
}

function object(kind: string, text: string): MadeObject {
  const [, schema, name = '', list] = /^(?:(\w+)\.)?(\w+)(?:\(([^]*)\))?$/.exec(text) ?? []
  const made = KINDS[kind.toLowerCase() as keyof typeof KINDS]
  const types = made === 'routine' && list !== undefined ? parts(list).flatMap((argument) => typeOf(argument) ?? []).join(', ') : undefined
  return { kind: made, schema, name, types }
}

const keyOf = ({ kind, schema = '', name, types = '' }: MadeObject): string => `${kind} ${schema}.${name}(${types})`

/** What these migrations, applied in order, have made and not dropped again, in the order in which it was made. */
function madeBy(migrations: readonly Migration[]): MadeObject[] {
  const made = new Map<string, MadeObject>()
  const add = (added: MadeObject) => {
    made.delete(keyOf(added))
    made.set(keyOf(added), added)
  }
  const remove = (gone: MadeObject) => {
    for (const [key, { kind, schema, name, types }] of made) {
      if (kind === gone.kind && schema === gone.schema && name === gone.name && types === (gone.types ?? types)) made.delete(key)
    }
  }
  for (const { sql } of migrations) {
    for (const { groups = {} } of sql.matchAll(STATEMENT)) {
      const { created, as = '', dropped, names = '', renamed, from = '', to = '', bars } = groups
      if (bars !== undefined) add(object('table', bars))
      if (created !== undefined) add(object(created, as))
      if (dropped !== undefined) for (const name of parts(names)) remove(object(dropped, name))
      if (renamed !== undefined) {
        const old = object(renamed, from)
        if (made.delete(keyOf(old))) add({ ...old, name: to })
      }
    }
  }
  return [...made.values()]
}

/** What migrations made in a database that lacks these of them, their bookkeeping first; nothing where it lacks all. */
export function madeBut(pending: readonly Migration[], migrations = readMigrations()): MadeObject[] {
  const lacking = new Set(pending.map(({ version }) => version))
  const applied = migrations.filter(({ version }) => !lacking.has(version))
  return applied.length === 0 ? [] : [object('table', 'schema_migrations'), ...madeBy(applied)]
}
