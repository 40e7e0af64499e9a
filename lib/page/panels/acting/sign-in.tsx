import { useState } from 'preact/hooks'
import { useActs, type Access } from '../../parts.js'
import { reasonOf } from '../parts/use-asked.js'

/** Asks for the token of an administrator. It is kept for this tab only, travels in a header, and never stands in an address. */
export function SignIn({ what }: { what: string }) {
  const { signIn } = useActs()
  const [token, setToken] = useState('')
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null })
  const enter = async () => {
    setState({ busy: true, error: null })
    try {
      const { access }: Access = await signIn(token.trim())
      setToken('')
      setState({ busy: false, error: access === 'admin' ? null : 'That token is good for reading only. Who may act has one of their own.' })
    } catch (error) {
      setState({ busy: false, error: reasonOf(error) })
    }
  }
  return (
    <form
      class="act" aria-label="Sign in" method="post"
      onSubmit={(event) => {
        event.preventDefault()
        void enter()
      }}
    >
      <p>{what} takes the token of an administrator. It is kept until this tab is closed, and nowhere else.</p>
      <label><span>Token</span><input type="password" required autocomplete="current-password" value={token} onInput={({ currentTarget }) => setToken(currentTarget.value)} /></label>
      <p class="row"><button type="submit" class="primary" disabled={state.busy || token.trim() === ''}>Sign in</button></p>
      {state.error !== null && <p class="note note-bad" role="alert">{state.error}</p>}
    </form>
  )
}
