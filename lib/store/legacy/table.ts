import { BAR_TABLES } from '../../datasets/datasets.js'
import { TIMESPANS } from '../../datasets/timespans.js'
import type { Queryable } from '../../postgres/database.js'

/** A table or view of the database. */
export interface FoundTable {
  oid: number
  /** With its schema, quoted where SQL wants it: for statements and for people. */
  name: string
  /** Whether the session's user may read it. */
  readable: boolean
  /** Whether it is one of our tables of bars, or a view of one. */
  own: boolean
}

/** A column as the server describes it. */
export interface TableColumn {
  name: string
  /** As SQL writes it. */
  type: string
  kind: 'text' | 'number' | 'float' | 'date' | 'timestamp' | 'timestamptz' | 'other'
}

/** A name without a schema is looked for in the search path. */
interface Wanted {
  schema: string | null
  relation: string
}

/** Our tables of bars. */
const OWN = [...new Set([...BAR_TABLES, ...TIMESPANS.map(({ table }) => table), 'provider_bars'])]

const IDENTIFIER = `"(?:[^"]|"")+"|[^".]+`
const AS_SQL = new RegExp(`^(?:(${IDENTIFIER})\\.)?(${IDENTIFIER})$`)

/** What SQL makes of an identifier. */
function identifier(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase()
}

/** What a name may mean, the likeliest first: as it is written, with its schema before a point, and as SQL reads it. */
function meanings(name: string): Wanted[] {
  const points = Array.from(name.matchAll(/\./g), ({ index }) => index)
  const [, schema, relation] = AS_SQL.exec(name) ?? []
  return [
    { schema: null, relation: name },
    ...points.map((at) => ({ schema: name.slice(0, at), relation: name.slice(at + 1) })),
    ...(relation === undefined ? [] : [{ schema: schema === undefined ? null : identifier(schema), relation: identifier(relation) }]),
  ]
}

const FOUND = `c.relkind in ('r', 'p', 'f', 'v', 'm')`

/** The table or view that a name means; undefined where there is none. */
export async function findTable(db: Queryable, name: string): Promise<FoundTable | undefined> {
  const wanted = meanings(name)
  const { rows } = await db.query<FoundTable>(`
    with recursive found as materialized (
      select c.oid, n.nspname as schema, c.relname as relation
      from unnest($1::text[], $2::text[]) with ordinality w (schema, relation, place)
      join pg_namespace n on w.schema is null or n.nspname = w.schema
      join pg_class c on c.relnamespace = n.oid and c.relname = w.relation and ${FOUND} and (w.schema is not null or pg_table_is_visible(c.oid))
      order by place limit 1
    ), read (oid) as (
      select oid from found
      union
      select d.refobjid from read join pg_rewrite v on v.ev_class = read.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = v.oid and d.refclassid = 'pg_class'::regclass
    )
    select oid::bigint as oid, format('%I.%I', schema, relation) as name, has_schema_privilege(schema, 'usage') and has_table_privilege(oid, 'select') as readable,
           exists (select from read where coalesce(pg_partition_root(read.oid), read.oid) in (select to_regclass(quote_ident(own)) from unnest($3::text[]) own)) as own
    from found`, [wanted.map(({ schema }) => schema), wanted.map(({ relation }) => relation), OWN])
  return rows[0]
}

/** Where else there are tables of that name, for people. */
export async function tablesElsewhere(db: Queryable, name: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
    where ${FOUND} and lower(relname) = any ($1) and nspname not in ('information_schema', 'pg_catalog')
    order by 1 limit 5`, [meanings(name).map(({ relation }) => relation.toLowerCase())])
  return rows.map(({ name }) => name)
}

/** The columns of a table in their order; a domain is what it is made of. */
export async function tableColumns(db: Queryable, { oid }: FoundTable): Promise<TableColumn[]> {
  const { rows } = await db.query<TableColumn>(`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
           case when b.oid in ('float4'::regtype, 'float8'::regtype) then 'float'
                when b.oid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) then 'number'
                when b.oid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) then b.typname
                when b.typcategory = 'S' then 'text'
                else 'other' end as kind
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
    where a.attrelid = $1::bigint::oid and a.attnum > 0 and not a.attisdropped
    order by a.attnum`, [oid])
  return rows
}
