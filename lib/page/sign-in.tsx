import { useState } from 'preact/hooks'
import { useActs, type Access } from './parts.js'

/** Asks for a token. */
export function TokenForm({ label, onDone }: { label: string; onDone?: () => void }) {
  const { signIn } = useActs()
  const [state, setState] = useState<{ token: string; error: string | null; isBusy: boolean }>({ token: '', error: null, isBusy: false })
  const submit = async () => {
    setState({ ...state, error: null, isBusy: true })
    try {
      await signIn(state.token.trim())
      setState({ token: '', error: null, isBusy: false })
      onDone?.()
    } catch (error) {
      setState({ ...state, error: error instanceof Error ? error.message : String(error), isBusy: false })
    }
  }
  return (
    <form
      class="sign-in" aria-label={label} method="post"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {/* Who keeps tokens in their browser has them by this name. */}
      <input type="text" name="username" autocomplete="username" value="ohlcv" hidden readOnly />
      <label>
        <span>Token</span>
        <input type="password" required autocomplete="current-password" spellcheck={false} value={state.token} onInput={({ currentTarget }) => setState({ ...state, token: currentTarget.value })} />
      </label>
      <button type="submit" class="primary" disabled={state.isBusy}>{state.isBusy ? 'Signing in…' : 'Sign in'}</button>
      {state.error !== null && <p class="bad" role="alert">{state.error}</p>}
    </form>
  )
}

/** Who looks, and how to become somebody who may do more. The token stays in this tab. */
export function Who({ access }: { access: Access }) {
  const { signIn } = useActs()
  const [isOpen, setOpen] = useState(false)
  if (access.access !== 'everybody') {
    return <span class="who">{access.name ?? access.access} <button type="button" class="small" onClick={() => void signIn(null)}>Sign out</button></span>
  }
  return (
    <details class="who" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Sign in</summary>
      <div class="who-box"><TokenForm label="Sign in with a token" onDone={() => setOpen(false)} /></div>
    </details>
  )
}

/** Instead of the page, where the service tells nothing without a token. */
export function Locked() {
  return (
    <section class="card locked" aria-labelledby="locked-title">
      <h1 id="locked-title">Sign in to see this page</h1>
      <p>This service answers only to who has a token: that of a reader, or of an administrator. It stays in this tab and is sent to nobody else.</p>
      <TokenForm label="Sign in" />
    </section>
  )
}
