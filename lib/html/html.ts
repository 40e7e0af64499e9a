/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template takes: HTML as it is, anything else as text. */
export type Content = Html | string | number | null | readonly Content[]

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }

/** Text as HTML has it, within elements and within quoted attributes; characters that HTML cannot hold are replaced, and marks that turn text around. */
function escaped(text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

function written(content: Content): string {
  if (content === null) return ''
  if (content instanceof Html) return content.text
  return typeof content === 'object' ? content.map(written).join('') : escaped(String(content))
}

/** A piece of HTML. Whatever stands in it is text, unless it is HTML itself: so nothing from outside becomes markup. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(parts.reduce((all, part, at) => all + written(contents[at - 1] ?? null) + part))
}
