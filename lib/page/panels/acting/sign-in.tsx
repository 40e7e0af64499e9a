import type { Access } from '../../parts.js'
import { TokenForm } from '../../sign-in.js'

/** Asks for the token of an administrator. It is kept for this tab only, travels in a header, and never stands in an address. */
export function SignIn({ what, access }: { what: string; access: Access }) {
  return (
    <div class="act">
      <p>{what} takes the token of an administrator. It is kept until this tab is closed, and nowhere else.</p>
      {access.access === 'reader' && <p class="bad">The token you gave is good for reading only.</p>}
      <TokenForm label="Sign in to act" />
    </div>
  )
}
