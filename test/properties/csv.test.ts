import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { csvLines } from '../../lib/formats/csv.js'
import { inputs, SEED } from './runs.js'

const character = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(',', '\r', '\t', ' ', '\0', '.', '-', '0', 'aZ', "'", '\\', '#') }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
const line = fc.oneof(fc.string({ unit: character, maxLength: 40 }), fc.string({ unit: character, minLength: 450, maxLength: 550 }))
  .map((text) => text.replaceAll(/["\n]/g, ''))

await t.test('lines without quotes have the fields that csv-parse finds in them', async (t) => {
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
    const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''), 'latin1')
    const expected = lines.flatMap((text, index) => {
      const [fields] = parse(text.replace(/\r$/, ''), { relax_column_count: true, record_delimiter: '\n' })
      return fields === undefined ? [] : [{ line: index + 7, fields }]
    })
    return JSON.stringify(csvLines({ bytes, firstLine: 7 }).lines) === JSON.stringify(expected)
  }), { numRuns: inputs(t, 2000), seed: SEED })
})
