import { isPagePath } from '../place.js'

/** The link of the page's own that a click follows as clicks do: no new tab, no download, no other place. */
function ownLink({ target, button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented }: MouseEvent): HTMLAnchorElement | null {
  const link = target instanceof Element ? target.closest('a') : null
  if (!link || defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey || link.target !== '' || link.hasAttribute('download')) return null
  const isSkip = link.hash !== '' && link.search === location.search && link.pathname === location.pathname
  return link.origin === location.origin && isPagePath(link.pathname) && !isSkip ? link : null
}

/** Follows links of the page to itself without a reload, and goes back the same way; returns what stops it. */
export function followLinks(onMove: () => void): () => void {
  const follow = (event: MouseEvent): void => {
    const link = ownLink(event)
    if (!link) return
    event.preventDefault()
    history.pushState(null, '', link.href)
    onMove()
  }
  document.addEventListener('click', follow)
  addEventListener('popstate', onMove)
  return () => {
    document.removeEventListener('click', follow)
    removeEventListener('popstate', onMove)
  }
}
