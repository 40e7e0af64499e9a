import { COMPLETE } from '../framework/names.js'

/** The shells there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/** What makes each shell ask the program what can follow; where nothing is known they complete file names. */
export const SCRIPTS: Record<Shell, string> = {
  bash: `# Completion of ohlcv for bash: ohlcv completion bash >> ~/.bashrc
_ohlcv() {
  local value meaning
  COMPREPLY=()
  while IFS=$'\\t' read -r value meaning; do
    COMPREPLY+=("$value")
  done < <(ohlcv ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ohlcv ohlcv`,
  zsh: `#compdef ohlcv
# Completion of ohlcv for zsh: ohlcv completion zsh > _ohlcv, in a folder of fpath
_ohlcv() {
  local value meaning
  local -a found
  while IFS=$'\\t' read -r value meaning; do
    found+=("\${value//:/\\\\:}\${meaning:+:$meaning}")
  done < <(ohlcv ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then
    _describe ohlcv found
  else
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _ohlcv "$@"
else
  compdef _ohlcv ohlcv
fi`,
  fish: `# Completion of ohlcv for fish: ohlcv completion fish > ~/.config/fish/completions/ohlcv.fish
function __ohlcv_complete
  set -l typed (commandline -ct)
  set -l words (commandline -opc)
  set -l found (ohlcv ${COMPLETE} $words[2..-1] "$typed" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$typed"
  end
end
complete -c ohlcv -f -k -a '(__ohlcv_complete)'`,
}
