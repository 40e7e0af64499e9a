import * as v from 'valibot'
import { defineDocument } from './document.js'

export const COMPLETION = defineDocument('ohlcv.completion/1', v.strictObject({ shell: v.picklist(['bash', 'zsh', 'fish']), script: v.string() }))
