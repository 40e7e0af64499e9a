const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of the bytes where they are valid UTF-8, else null. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes)
  } catch {
    return null
  }
}
