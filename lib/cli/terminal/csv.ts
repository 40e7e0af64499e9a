/** Rows as CSV (RFC 4180, lines ended by LF): a field is quoted only where it must be; null is an empty field. */
export function csvText(rows: (string | number | null)[][]): string {
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('')
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A text from outside as a field that no spreadsheet takes for a formula: with an apostrophe before what would begin one. */
export function noFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
