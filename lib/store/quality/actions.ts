import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import type { FindingState } from './findings.js'

/** Who explains a finding at an ex-date. */
const EXPLAINING_TABLES = ['splits_applied', 'dividends_applied'] as const

/**
 * Open findings of these rules that a split or dividend of their date explains, and those explained so already. An action explains a move if what is left of it,
 * prices adjusted, is at most half as large. Numbers are floating-point: they are judged by and not stored.
 */
const CHANGED = `
  with concerned as materialized (
    select f.finding_id, f.symbol_id, f.date, f.state, f.cause, f.reason, f.explained_by
    from findings f
    where f.rule = any($1::text[]) and f.symbol_id is not null and ($2::date[] is null or f.date = any($2::date[]))
      and (f.state = 'open' or (f.state = 'explained' and f.explained_by = any($3::text[])))
  ), actions as materialized (
    select c.finding_id, c.symbol_id, c.date, 'splits_applied' as source, 'split' as cause, s.split_from::float8 / s.split_to::float8 as factor, 0::float8 as amount,
           format('split %s:%s', trim_scale(s.split_to), trim_scale(s.split_from)) as reason
    from concerned c cross join lateral (select * from splits_applied s where s.symbol_id = c.symbol_id and s.ex_date = c.date) s
    union all
    select c.finding_id, c.symbol_id, c.date, 'dividends_applied', 'dividend', 1, d.amount::float8, format('dividend of %s', trim_scale(d.amount))
    from concerned c cross join lateral (select * from dividends_applied d where d.symbol_id = c.symbol_id and d.ex_date = c.date) d
  ), explained as materialized (
    select distinct on (a.finding_id) a.finding_id, a.source, a.cause, a.reason
    from actions a
    join ohlcv_daily b on b.symbol_id = a.symbol_id and b.time = a.date
    cross join lateral (
      select p.close::float8 as close from ohlcv_daily p where p.symbol_id = a.symbol_id and p.time < a.date and p.time >= a.date - 120 order by p.time desc limit 1
    ) before
    where b.close > 0 and before.close > 0 and before.close * a.factor > a.amount
      and abs(ln(b.close::float8 / (before.close * a.factor - a.amount))) <= abs(ln(b.close::float8 / before.close)) / 2
    order by a.finding_id, a.source desc
  ), changed as materialized (
    select c.finding_id, e.cause, e.reason, e.source
    from concerned c left join explained e using (finding_id)
    where (e.finding_id is not null or c.state = 'explained') and (c.cause, c.reason, c.explained_by) is distinct from (e.cause, e.reason, e.source)
  )`

/** Whether splits and dividends explain other findings of these rules than are explained by them. */
export async function actionsTellMore(db: Queryable, rules: readonly string[]): Promise<boolean> {
  const { rows } = await db.query<{ more: boolean }>(`${CHANGED} select exists (select from changed) as more`, [rules, null, EXPLAINING_TABLES])
  return rows[0]!.more
}

/** Lets splits and dividends explain open findings of these rules, on some dates or all, and takes back what they explain no more. Returns what changed. */
export async function explainByActions(db: Queryable, rules: readonly string[], dates: readonly IsoDate[] | null, runId: number): Promise<{ date: IsoDate; state: FindingState }[]> {
  const { rows } = await db.query<{ date: IsoDate; state: FindingState }>(`${CHANGED}, written as (
      update findings f
      set state = case when c.source is null then 'open' else 'explained' end, cause = c.cause, reason = c.reason, explained_by = c.source, run_id = $4, changed_at = clock_timestamp()
      from changed c
      where f.finding_id = c.finding_id
      returning f.date, f.state
    )
    select date, state from written order by date`, [rules, dates, EXPLAINING_TABLES, runId])
  return rows
}
