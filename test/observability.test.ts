import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { PACKAGE_ROOT } from '../lib/domain/version.js'
import { ALERT_KINDS } from '../lib/features/alerts/trouble.js'
import { FAMILIES } from '../lib/features/metrics/families.js'
import { HAS_PROMTOOL, promtool } from './helpers/prometheus.js'

const FOLDER = path.join(PACKAGE_ROOT, 'docs/observability')
const read = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8')

interface Rule {
  alert: string
  expr: string
  labels?: Record<string, string>
  annotations: { summary: string; runbook: string }
}

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { h: number; w: number; x: number; y: number }
  targets?: { expr: string; refId: string }[]
}

interface Dashboard {
  templating: { list: { name: string; type: string; query: unknown }[] }
  panels: Panel[]
}

const rules = (parse(read('prometheus-alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules)
const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard
const families = new Map(FAMILIES.map((family) => [family.name, family]))

/** What is wrong with the metrics of an expression: there is none of a name, or it has no such label, or a function takes another type. */
function faultsOf(expr: string): string[] {
  const found = [...expr.matchAll(/\b(ohlcv_\w+)(?:\{([^}]*)\})?/g)]
  const unknown = found.flatMap(([, name = '', matchers = '']) => {
    const family = families.get(name)
    if (!family) return [`there is no ${name}`]
    return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label).filter((label) => label !== 'instance' && !family.labels.includes(label)).map((label) => `${name} has no label ${label}`)
  })
  const grown = [...expr.matchAll(/\b(?:rate|increase)\((ohlcv_\w+)/g)].map(([, name = '']) => name).filter((name) => families.get(name)?.type !== 'counter')
  const by = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()))
  const labels = new Set(found.flatMap(([, name = '']) => families.get(name)?.labels ?? []))
  return [...unknown, ...grown.map((name) => `${name} is no counter`), ...by.filter((label) => !labels.has(label)).map((label) => `nothing has a label ${label}`)]
}

/** Of a dashboard as Grafana imports it, what it must have and this one uses (its JSON model, version 39). */
const DATASOURCE = { type: 'object', required: ['type', 'uid'], properties: { type: { const: 'prometheus' }, uid: { const: '${datasource}' } }, additionalProperties: false }
const COUNT = { type: 'integer', minimum: 0 }
const TARGET = {
  type: 'object', required: ['refId', 'datasource', 'expr', 'legendFormat'], additionalProperties: false,
  properties: { refId: { type: 'string', pattern: '^[A-Z]$' }, datasource: DATASOURCE, expr: { type: 'string', minLength: 1 }, legendFormat: { type: 'string' }, instant: { type: 'boolean' }, range: { type: 'boolean' }, format: { const: 'table' } },
}
const PLACE = { type: 'object', required: ['h', 'w', 'x', 'y'], additionalProperties: false, properties: { h: COUNT, w: { ...COUNT, maximum: 24 }, x: { ...COUNT, maximum: 23 }, y: COUNT } }
const PANEL = {
  type: 'object', required: ['id', 'type', 'title', 'gridPos', 'targets', 'datasource', 'fieldConfig', 'options'],
  properties: {
    id: { type: 'integer', minimum: 1 }, type: { enum: ['stat', 'timeseries', 'bargauge', 'table', 'state-timeline'] }, title: { type: 'string', minLength: 1 }, description: { type: 'string' }, gridPos: PLACE, datasource: DATASOURCE,
    targets: { type: 'array', minItems: 1, items: TARGET }, options: { type: 'object' }, transformations: { type: 'array', items: { type: 'object', required: ['id', 'options'] } },
    fieldConfig: {
      type: 'object', required: ['defaults', 'overrides'], properties: {
        overrides: { type: 'array' },
        defaults: {
          type: 'object', required: ['unit', 'thresholds'], properties: {
            unit: { enum: ['s', 'short', 'percentunit', 'bytes'] },
            thresholds: { type: 'object', required: ['mode', 'steps'], properties: { mode: { const: 'absolute' }, steps: { type: 'array', minItems: 1, items: { type: 'object', required: ['color', 'value'], properties: { value: { type: ['number', 'null'] } } } } } },
          },
        },
      },
    },
  }, additionalProperties: false,
}
const ROW = { type: 'object', required: ['id', 'type', 'title', 'collapsed', 'gridPos', 'panels'], properties: { type: { const: 'row' }, collapsed: { const: false }, gridPos: PLACE, panels: { type: 'array', maxItems: 0 } } }
const VARIABLE = { type: 'object', required: ['name', 'type', 'query', 'refresh', 'current', 'options', 'includeAll', 'multi'], properties: { type: { enum: ['datasource', 'query'] } } }
const DASHBOARD = {
  type: 'object', required: ['uid', 'title', 'schemaVersion', 'panels', 'templating', 'time', 'refresh', 'annotations'],
  properties: {
    uid: { type: 'string', maxLength: 40 }, schemaVersion: { type: 'integer', minimum: 36 }, id: false, time: { type: 'object', required: ['from', 'to'] }, annotations: { type: 'object', required: ['list'] },
    templating: { type: 'object', required: ['list'], properties: { list: { type: 'array', items: VARIABLE } } },
    panels: { type: 'array', items: { oneOf: [ROW, PANEL] } },
  },
}

await t.test('the dashboard is one that Grafana imports, with the data source to be chosen', async (t) => {
  const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(DASHBOARD)
  t.ok(valid(dashboard), JSON.stringify(valid.errors))
  t.match(dashboard.templating.list, [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, { name: 'instance', type: 'query' }])
})

await t.test('its panels have numbers of their own and do not cover each other', async (t) => {
  t.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`))
  t.equal(new Set(cells).size, cells.length)
  t.ok(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24))
  for (const { title, targets } of dashboard.panels) t.equal(new Set(targets?.map(({ refId }) => refId)).size, targets?.length ?? 0, title)
})

await t.test('every metric and label that the dashboard and the rules name exists, and only counters are made rates of', async (t) => {
  const asked = [...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), ...rules.map(({ expr }) => expr)]
  t.ok(asked.length > 40)
  t.same(asked.flatMap(faultsOf), [])
  t.same(faultsOf('sum by (host) (rate(ohlcv_jobs{symbol="A"}[5m])) + ohlcv_x'), ['ohlcv_jobs has no label symbol', 'there is no ohlcv_x', 'ohlcv_jobs is no counter', 'nothing has a label host'])
})

await t.test('each alert, of ours and of the rules, has its place in the runbook', async (t) => {
  const headings = new Set([...read('ohlcv.md').matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-')))
  t.same(ALERT_KINDS.filter((kind) => !headings.has(kind)), [])
  t.same(rules.map(({ annotations: { runbook } }) => runbook).filter((place) => !place.includes('{{') && !headings.has(/^docs\/observability\/ohlcv\.md#(.+)$/.exec(place)?.[1] ?? '')), [])
  t.same(rules.filter(({ annotations: { summary } }) => summary === '').map(({ alert }) => alert), [])
})

await t.test('promtool takes the rules, and they alert when they should', { skip: !HAS_PROMTOOL && 'there is no promtool' }, async (t) => {
  t.equal(promtool(['check', 'rules', '--lint-fatal', 'prometheus-alerts.yml'], { cwd: FOLDER }), '')
  t.equal(promtool(['test', 'rules', 'prometheus-alerts.test.yml'], { cwd: FOLDER }), '')
})
