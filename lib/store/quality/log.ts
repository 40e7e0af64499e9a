import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** A security that was expected on a date and has no bar, with the rules that say so. */
export interface AbsentBar {
  symbolId: number
  symbol: string
  date: IsoDate
  failed: readonly string[]
}

/** What a bar that fails a rule loses, in hundredths, by rule. */
export type Weights = ReadonlyMap<string, number>

/** Keeps others from the scores of the dates until the transaction ends: who writes those of a bar anew takes them out first, and does not see what another is putting in. */
async function lockScores(db: Queryable, dates: readonly IsoDate[]): Promise<void> {
  await db.query('select from quality_marks where date = any($1::date[]) order by date for update', [dates])
}

/** Writes which securities are absent on the dates, and nothing else of these; {@link writeScores} adds the rest. */
export async function writeAbsences(db: Queryable, dates: readonly IsoDate[], absences: readonly AbsentBar[]): Promise<void> {
  await lockScores(db, dates)
  await db.query('delete from data_quality_log where date = any($1::date[])', [dates])
  await db.query(`
    insert into data_quality_log (symbol, date, symbol_id, score, failed)
    select symbol, date, symbol_id, 0, string_to_array(failed, ' ') from unnest($1::text[], $2::date[], $3::integer[], $4::text[]) a (symbol, date, symbol_id, failed)`,
  [absences.map(({ symbol }) => symbol), absences.map(({ date }) => date), absences.map(({ symbolId }) => symbolId), absences.map(({ failed }) => failed.join(' '))])
}

/** Writes the scores of the bars of the dates anew: what open findings cost them. Absences stay. */
export async function writeScores(db: Queryable, dates: readonly IsoDate[], weights: Weights): Promise<void> {
  await lockScores(db, dates)
  await db.query(`delete from data_quality_log where date = any($1::date[]) and not 'absent' = any(failed)`, [dates])
  await db.query(`
    insert into data_quality_log (symbol, date, symbol_id, score, failed)
    select f.symbol, f.date, f.symbol_id, trim_scale((100 - sum(w.weight)) / 100.0), array_agg(f.rule order by f.rule collate "C")
    from (select distinct rule, symbol, symbol_id, date from findings where date = any($1::date[]) and state = 'open' and symbol_id is not null) f
    join unnest($2::text[], $3::integer[]) w (rule, weight) on w.rule = f.rule
    where w.weight > 0 and not exists (select from data_quality_log l where l.symbol = f.symbol and l.date = f.date)
    group by f.symbol, f.symbol_id, f.date`, [dates, [...weights.keys()], [...weights.values()]])
}
