/** Rows as CSV (RFC 4180, lines ended by LF): a field is quoted only where it must be; null is an empty field. */
export function csvText(rows: (string | number | null)[][]): string {
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('')
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Fields of texts from outside, as no spreadsheet takes for formulas: with an apostrophe before what would begin one. Numbers as text are none such. */
export function guarded(row: readonly (string | number | null)[]): (string | number | null)[] {
  return row.map((value) => (typeof value === 'string' ? noFormula(value) : value))
}

function noFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
