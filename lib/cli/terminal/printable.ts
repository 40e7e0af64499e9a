import { utf8 } from '../../domain/utf8.js'

const SHORT: Record<string, string> = { '\t': '\\t', '\r': '\\r', '\n': '\\n', '\\': '\\\\' }

/**
 * Text from outside as one line that is safe on a terminal: everything but printable ASCII is escaped (`\t`, `\x1b`,
 * `\u{202e}`), so that no control sequence, line break or reordering mark in a vendor's file reaches the screen.
 */
export function printable(text: string): string {
  return text.replace(/[^ -[\]-~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return SHORT[character] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
  })
}

/** Bytes from outside as one safe line; bytes that are no UTF-8 are escaped one by one. */
export function printableBytes(bytes: Buffer): string {
  return printable(utf8(bytes) ?? bytes.toString('latin1'))
}

/** The text, cut to so many columns with an ellipsis at its end. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
}
