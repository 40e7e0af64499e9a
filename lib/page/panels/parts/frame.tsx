import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * What stands above the page until it is closed. The browser's own dialog keeps focus within, is closed by Escape, and gives
 * focus back to where it was opened from.
 */
export function Frame({ title, about, tabs, onClose, children }: { title: string; about?: ComponentChildren; tabs?: ComponentChildren; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const shown = dialog.current!
    shown.showModal()
    heading.current!.focus()
    return () => shown.close()
  }, [])
  return (
    <dialog
      ref={dialog} class="panel" aria-labelledby="panel-title"
      onCancel={(event) => { event.preventDefault(); onClose() }}
      onClick={({ target }) => { if (target === dialog.current) onClose() }}
    >
      <div class="panel-inside">
        <header class="panel-head">
          <div class="panel-title">
            <h2 id="panel-title" tabIndex={-1} ref={heading}>{title}</h2>
            {about && <p class="panel-about">{about}</p>}
          </div>
          <button type="button" class="panel-close" aria-label="Close" onClick={onClose}><span aria-hidden="true">×</span></button>
          {tabs}
        </header>
        <div class="panel-body">{children}</div>
      </div>
    </dialog>
  )
}
