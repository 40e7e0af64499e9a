import { COMPLETION } from '../../documents/completion.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { defineCommand } from '../framework/command.js'
import { SCRIPTS, SHELLS, type Shell } from '../completion/scripts.js'

/** The shell of the login, as far as it can be told; bash, whose scripts most read, otherwise. */
function shellOf({ SHELL = '' }: NodeJS.ProcessEnv): Shell {
  return SHELLS.find((shell) => SHELL.endsWith(`/${shell}`)) ?? 'bash'
}

export const completion = defineCommand({
  document: COMPLETION,
  ...NAMES.completion,
  examples: [
    ['completion bash >> ~/.bashrc', 'for bash'],
    ['completion zsh > ~/.zfunc/_ohlcv', 'for zsh, in a folder of its fpath'],
    ['completion fish > ~/.config/fish/completions/ohlcv.fish', 'for fish'],
  ],
  positionals: { shell: { type: 'string', choices: SHELLS, describe: 'bash, zsh or fish; that of $SHELL if left out' } },
  flags: {},
  async run({ shell }, { env }) {
    const chosen = shell ?? shellOf(env)
    return { exitCode: EXIT.ok, text: () => SCRIPTS[chosen], data: { shell: chosen, script: SCRIPTS[chosen] } }
  },
})
