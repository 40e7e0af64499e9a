import { styleText } from 'node:util'

/** How text can look on a terminal: the names that Node has for colours and weights. */
export type Style = Parameters<typeof styleText>[0]

/** The text in a style, where colour is wanted. */
export function styled(text: string, style: Style, inColour: boolean): string {
  return inColour ? styleText(style, text, { validateStream: false }) : text
}
