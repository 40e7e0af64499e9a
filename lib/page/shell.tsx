import type { ComponentChildren } from 'preact'

/** What stands around everything on the page. */
export function Shell({ children }: { children: ComponentChildren }) {
  return <main id="page">{children}</main>
}
