import t from 'tap'
import { DATASETS } from '../../lib/datasets/datasets.js'
import { addDays, datesOf, isoDate } from '../../lib/domain/dates.js'
import { DAY_FILE_PROVIDERS } from '../../lib/providers/providers.js'
import { readText } from './day-files.js'
import { SAMPLES } from './samples.js'

// What every provider of day files has to do. A new one adds its samples.

await t.test('no two providers go by the same name', async (t) => {
  const names = DAY_FILE_PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases])
  t.same(names, [...new Set(names)])
  t.same(Object.keys(SAMPLES), DAY_FILE_PROVIDERS.map(({ name }) => name), 'and each has its samples')
})

for (const provider of DAY_FILE_PROVIDERS) {
  await t.test(`${provider.name} has files of known datasets, its formats in order from the beginning on`, async (t) => {
    const known = new Set(DATASETS.map(({ name }) => name))
    t.same(Object.keys(provider.files).filter((name) => !known.has(name)), [])
    for (const { formats: [first, ...later] } of Object.values(provider.files)) {
      t.equal(first.from, null)
      const dates = later.map(({ from }) => from ?? '')
      t.same(dates, [...new Set(dates.filter((date) => date !== ''))].sort())
    }
  })

  for (const dataset of DATASETS) {
    const files = provider.files[dataset.name]
    if (files === undefined) continue
    const { layout } = files
    const what = `${dataset.flag} files of ${provider.name}`

    await t.test(`${what}: a date has a path and a path its date, over thirty years`, async (t) => {
      t.match(layout.folder, /^[^/]+$/)
      t.ok(layout.form.startsWith(`${layout.folder}/`))
      const paths = new Set<string>()
      for (const date of datesOf({ start: isoDate('2003-09-10'), end: isoDate('2033-12-31') })) {
        const path = layout.pathOf(date)
        paths.add(path)
        if (layout.dateOf(path) !== date || !path.startsWith(`${layout.folder}/`)) t.fail(path)
        for (const other of [`${path}.tmp`, `x${path}`, path.slice(0, -1), path.slice(layout.folder.length)]) if (layout.dateOf(other) !== undefined) t.fail(other)
      }
      t.equal(paths.size, 11_071, 'a path of its own')
      for (const path of ['', '/', layout.folder, layout.form]) t.equal(layout.dateOf(path), undefined, path)
    })

    await t.test(`${what}: the folders of a range hold all of its files, once and in order`, async (t) => {
      for (const [from, days] of [['2024-02-28', 0], ['2023-12-31', 1], ['2023-11-15', 100], ['2019-01-01', 1900]] as const) {
        const range = { start: isoDate(from), end: addDays(isoDate(from), days) }
        const folders = layout.foldersOf(range)
        t.same(folders, [...new Set(folders)].sort())
        const needed = new Set([...datesOf(range)].map((date) => layout.pathOf(date)).map((path) => path.slice(0, path.lastIndexOf('/'))))
        t.same(folders, [...needed], `from ${from} ${days} days`)
      }
    })

    const samples = (SAMPLES[provider.name] ?? []).filter((sample) => sample.dataset === dataset.name)

    await t.test(`${what}: each format reads its sample, and judges its rows`, async (t) => {
      const formats = new Set(samples.map(({ date }) => files.formats.findLast(({ from }) => from === null || from <= date)))
      t.equal(formats.size, files.formats.length, 'there is a sample of each')
      for (const { date, text, bars, symbols, rejects } of samples) {
        const found = readText(provider, dataset, date, text)
        t.same(found.bars, bars)
        t.same(found.symbols, symbols)
        t.same(found.tally.rejects.map(({ line, reason, field, symbol }) => ({ line, reason, field, symbol })), rejects)
        t.equal(found.tally.counts.read, bars.length + rejects.length, 'every row is counted')
        t.equal(found.tally.counts.rejected, rejects.length)
      }
    })

    await t.test(`${what}: what is no such file is refused, and not read as one`, async (t) => {
      const { date } = samples[0]!
      const refused = [
        ['<html><body>Please log in</body></html>\n', 'SOURCE_NOT_CSV'],
        ['<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n', 'SOURCE_NOT_CSV'],
        ['{"status":"ERROR","message":"Unknown API Key"}\n', /^SOURCE_(NOT_CSV|WRONG_HEADER)$/],
        ['a,b,c\n1,2,3\n', 'SOURCE_WRONG_HEADER'],
        ['"unended\n', 'SOURCE_NOT_CSV'],
      ] as const
      for (const [text, code] of refused) t.throws(() => readText(provider, dataset, date, text), { name: 'SourceError', code }, text)
    })
  }
}
