import { FAMILIES } from '../../lib/features/metrics/families.js'

/** The table of metrics in docs/observability/ohlcv.md. */
export function metricTable(): string {
  const rows = FAMILIES.map(({ name, labels, help }) => `| \`${name}\` | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`)
  return ['| metric | labels | what |', '| --- | --- | --- |', ...rows].join('\n')
}
