import type { PanelsProps } from '../parts.js'

export function Panels(_: PanelsProps) {
  return null
}
