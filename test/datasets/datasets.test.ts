import t from 'tap'
import { BAR_TABLES, DATASETS } from '../../lib/datasets/datasets.js'
import { freshDatabase } from '../helpers/database.js'
import { testDataset } from './contract.js'

await t.test('datasets have names, flags, tables and lock numbers of their own', async (t) => {
  for (const field of ['name', 'flag', 'table', 'lockNumber'] as const) {
    const values = DATASETS.map((dataset) => dataset[field])
    t.same(values, [...new Set(values)], field)
  }
  t.ok(DATASETS.every(({ lockNumber }) => Number.isInteger(lockNumber) && lockNumber >= 1))
})

await t.test('every table of bars in the schema is a dataset\'s', async (t) => {
  const { pool } = await freshDatabase(t)
  const { rows } = await pool.query<{ name: string }>(`
    select relname as name from pg_attribute a join pg_class c on c.oid = attrelid
    where relnamespace = current_schema()::regnamespace and attname = 'load_id' and relname like 'ohlcv%' and not relispartition and relkind in ('r', 'p') order by relname`)
  t.same(rows.map(({ name }) => name), BAR_TABLES.toSorted())
})

for (const dataset of DATASETS) await t.test(dataset.name, (t) => testDataset(t, dataset))
